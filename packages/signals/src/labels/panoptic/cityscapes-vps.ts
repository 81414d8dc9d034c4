import { dirname, join, parse } from 'node:path';
import type { AnnotationEntry, OfImages } from './panoptic-json.js';
import { type PanopticSet, panopticFrames } from './panoptic-set.js';

/** `0005_0025_frankfurt_000000_001751`: video, frame of all videos, and the Cityscapes name of the image. */
const IMAGE_ID = /^(\d{4})_\d{4}_([a-z-]+_\d{6}_\d{6})$/;

/** Whether all images have the names that Cityscapes-VPS gives them. */
export function isCityscapesVps({ annotations }: OfImages): boolean {
  return annotations.length > 0 && annotations.every(({ image_id }) => IMAGE_ID.test(image_id));
}

/**
 * Cityscapes-VPS (Kim et al. 2020): one file for all videos of a split, `panoptic_gt_val_city_vps.json`, and the PNGs in
 * `val/panoptic_video/`. Ids are those of one object within a video. Of 30 frames six are annotated, every fifth.
 */
export function cityscapesVpsSet(path: string, { images, annotations, categories }: OfImages): PanopticSet {
  const folder = dirname(path);
  const split = /^panoptic_gt_(\w+)_city_vps/.exec(parse(path).name)?.[1];
  const splits = split === undefined ? ['train', 'val', 'test'] : [split];
  const folders = [
    ...splits.map((name) => join(folder, name, 'panoptic_video')),
    join(folder, 'panoptic_video'),
    join(folder, parse(path).name),
    folder,
  ];
  const videos = new Map<string, AnnotationEntry[]>();
  for (const entry of annotations) {
    const [, video] = IMAGE_ID.exec(entry.image_id)!;
    videos.set(video, [...(videos.get(video) ?? []), entry]);
  }
  return {
    path,
    format: 'Cityscapes-VPS',
    categories,
    videos: [...videos].map(([id, entries]) => ({
      id,
      folders,
      frames: panopticFrames(
        entries.sort((a, b) => (a.image_id < b.image_id ? -1 : 1)),
        images,
        (entry, image) => namesOf(entry, image?.file_name),
      ),
    })),
  };
}

/**
 * Images lie in `img/` under the data set's names and in `img_all/` under those of Cityscapes; either may have lost its
 * suffix.
 */
function namesOf({ image_id, file_name }: AnnotationEntry, imageFile: string | undefined): string[] {
  const [, , cityscapes] = IMAGE_ID.exec(image_id)!;
  const suffixed = [image_id, cityscapes].flatMap((name) => [name, `${name}_leftImg8bit`, `${name}_newImg8bit`]);
  return [...(imageFile === undefined ? [] : [parse(imageFile).name]), parse(file_name).name, ...suffixed];
}
