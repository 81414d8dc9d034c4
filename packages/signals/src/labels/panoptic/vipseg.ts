import { dirname, join, parse } from 'node:path';
import type { OfVideos } from './panoptic-json.js';
import { type PanopticSet, panopticFrames } from './panoptic-set.js';

/**
 * VIPSeg (Miao et al. 2022): one file for all videos, `panoptic_gt_VIPSeg_val.json`, and the PNGs in
 * `panomasksRGB/<video>/00000166.png`. Frames of different videos have the same names.
 */
export function vipsegSet(path: string, { videos, annotations, categories }: OfVideos): PanopticSet {
  const folder = dirname(path);
  const images = new Map(videos.map((video) => [video.video_id, video.images]));
  return {
    path,
    format: 'VIPSeg',
    categories,
    videos: annotations.map(({ video_id: id, annotations: entries }) => ({
      id,
      folders: [join(folder, 'panomasksRGB', id), join(folder, parse(path).name, id), join(folder, id)],
      frames: panopticFrames(entries, images.get(id) ?? [], (entry, image) => [
        ...(image ? [parse(image.file_name).name] : []),
        entry.image_id,
        parse(entry.file_name).name,
      ]),
    })),
  };
}
