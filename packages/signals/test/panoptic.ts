import type { Sharp } from 'sharp';
import { picture } from './fixtures.js';

/** A panoptic PNG: ids as R + 256·G + 65536·B. */
export function panopticPng(height: number, width: number, ids: readonly number[]): Sharp {
  const rgb = Uint8Array.from(ids.flatMap((id) => [id & 0xff, (id >> 8) & 0xff, id >> 16]));
  return picture(height, width, rgb).png();
}

export const CATEGORIES = [
  { id: 7, name: 'road', isthing: 0, color: [128, 64, 128] },
  { id: 11, name: 'sky', isthing: 0, color: [70, 130, 180] },
  { id: 26, name: 'car', isthing: 1, color: [0, 0, 142] },
];

/** The id whose colour this is. */
export const idOf = (r: number, g: number, b: number): number => r + 256 * g + 65_536 * b;

/** An image, with the segments that its PNG has: id → category. */
export interface WrittenImage {
  readonly id: string | number;
  readonly imageFile: string;
  readonly png: string;
  readonly height: number;
  readonly width: number;
  readonly segments: Readonly<Record<number, number>>;
  readonly crowd?: readonly number[];
}

const imageOf = ({ id, imageFile, height, width }: WrittenImage) => ({ id, file_name: imageFile, height, width });

const annotationOf = ({ id, png, segments, crowd = [] }: WrittenImage) => ({
  image_id: id,
  file_name: png,
  segments_info: Object.entries(segments).map(([segment, category]) => ({
    id: Number(segment),
    category_id: category,
    iscrowd: crowd.includes(Number(segment)) ? 1 : 0,
    area: 1,
    bbox: [0, 0, 1, 1],
  })),
});

/** The JSON file of COCO panoptic and of Cityscapes-VPS. */
export function imagesJson(images: readonly WrittenImage[], categories: readonly object[] = CATEGORIES): string {
  return JSON.stringify({
    info: { description: 'made for a test' },
    images: images.map(imageOf),
    annotations: images.map(annotationOf),
    categories,
  });
}

/** The JSON file of VIPSeg. */
export function videosJson(videos: Readonly<Record<string, readonly WrittenImage[]>>): string {
  return JSON.stringify({
    videos: Object.entries(videos).map(([id, images]) => ({ video_id: id, images: images.map(imageOf) })),
    annotations: Object.entries(videos).map(([id, images]) => ({
      video_id: id,
      annotations: images.map(annotationOf),
    })),
    categories: CATEGORIES,
  });
}
