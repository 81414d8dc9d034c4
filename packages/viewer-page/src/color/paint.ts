import type { Picture } from '../access/access.js';
import type { ColorScale } from './color-scale.js';

/** Values [H · W] as the pixels of a canvas; NaN is left transparent. */
export function paintValues(
  values: ArrayLike<number>,
  height: number,
  width: number,
  { table, low, high }: ColorScale,
): ImageData {
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const factor = (table.length - 1) / (high - low);
  const last = table.length - 1;
  for (let p = 0; p < pixels.length; p++) {
    const at = (values[p] - low) * factor + 0.5;
    pixels[p] = Number.isNaN(at) ? 0 : table[at <= 0 ? 0 : at >= last ? last : at | 0];
  }
  return image;
}

/** A picture, clamped to [0, 1], as the pixels of a canvas. */
export function paintPicture({ height, width, rgb }: Picture): ImageData {
  const image = new ImageData(width, height);
  // The array clamps and rounds by itself.
  for (let p = 0; p < height * width; p++) {
    image.data[4 * p] = 255 * rgb[3 * p];
    image.data[4 * p + 1] = 255 * rgb[3 * p + 1];
    image.data[4 * p + 2] = 255 * rgb[3 * p + 2];
    image.data[4 * p + 3] = 255;
  }
  return image;
}

/** Mean over channels of |a − b|, both clamped to [0, 1]: [H · W]. */
export function pictureError(a: Picture, b: Picture): Float32Array {
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  return Float32Array.from({ length: a.height * a.width }, (_, p) => {
    let sum = 0;
    for (let channel = 3 * p; channel < 3 * p + 3; channel++)
      sum += Math.abs(clamp(a.rgb[channel]) - clamp(b.rgb[channel]));
    return sum / 3;
  });
}
