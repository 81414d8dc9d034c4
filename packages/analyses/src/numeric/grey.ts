import type { Frame } from '@xinc/core';

/** Luma of each pixel with the weights of ITU-R BT.601, [H·W] in [0, 1]. */
export function greyOf({ rgb }: Frame): Float32Array {
  return Float32Array.from(
    { length: rgb.length / 3 },
    (_, p) => 0.299 * rgb[3 * p] + 0.587 * rgb[3 * p + 1] + 0.114 * rgb[3 * p + 2],
  );
}
