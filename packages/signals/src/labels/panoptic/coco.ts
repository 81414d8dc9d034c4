import { dirname, join, parse } from 'node:path';
import type { OfImages } from './panoptic-json.js';
import { type PanopticSet, panopticFrames } from './panoptic-set.js';

/**
 * COCO panoptic: one list of images and annotations, the PNGs in a folder called like the JSON file
 * (`panoptic_val2017.json`, `panoptic_val2017/000000000139.png`) or beside it.
 */
export function cocoSet(path: string, { images, annotations, categories }: OfImages): PanopticSet {
  const folder = dirname(path);
  const frames = panopticFrames(annotations, images, (entry, image) => [
    ...(image ? [parse(image.file_name).name] : []),
    parse(entry.file_name).name,
  ]);
  return {
    path,
    format: 'COCO panoptic',
    categories,
    videos: [{ id: undefined, frames, folders: [join(folder, parse(path).name), folder] }],
  };
}
