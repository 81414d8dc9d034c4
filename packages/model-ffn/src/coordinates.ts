import type { SignalShape } from '@xinc/core';

/**
 * (row, column) of pixels, both divided by max(H, W) − 1 and mapped to [−1, 1], so that the picture keeps its proportions
 * (method §2). A one-pixel picture lies at (−1, −1).
 * @returns [P, 2]
 */
export function pixelCoordinates({ height, width }: SignalShape, pixels: Uint32Array): Float32Array {
  const extent = Math.max(height, width, 2) - 1;
  const coordinates = new Float32Array(2 * pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const row = Math.floor(pixels[i] / width);
    coordinates[2 * i] = (2 * row) / extent - 1;
    coordinates[2 * i + 1] = (2 * (pixels[i] - row * width)) / extent - 1;
  }
  return coordinates;
}
