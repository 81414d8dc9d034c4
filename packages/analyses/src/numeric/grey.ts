import type { Frame } from '@xinc/core';

/** Luma of each pixel with the weights of ITU-R BT.601, [H·W] in [0, 1]. */
export function greyOf({ rgb }: Frame): Float32Array {
  const grey = new Float32Array(rgb.length / 3);
  for (let p = 0; p < grey.length; p++) {
    grey[p] = 0.299 * rgb[3 * p] + 0.587 * rgb[3 * p + 1] + 0.114 * rgb[3 * p + 2];
  }
  return grey;
}
