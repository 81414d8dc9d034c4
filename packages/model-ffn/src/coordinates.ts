import type { SignalShape } from '@xinc/core';
import type { FfnConfig } from './config.js';

/** Where pixel i of an axis of n pixels lies; `longest` is the longer side's n. An axis of one pixel begins where any does. */
const POSITION: {
  readonly [K in FfnConfig['coordinates']]: (i: number, n: number, longest: number) => number;
} = {
  longest: (i, _, longest) => (2 * i) / Math.max(longest - 1, 1) - 1,
  linspace: (i, n) => (2 * i) / Math.max(n - 1, 1) - 1,
  centres: (i, n) => (2 * i + 1) / n - 1,
  unit: (i, n) => i / n,
  'unit-linspace': (i, n) => i / Math.max(n - 1, 1),
  'unit-centres': (i, n) => (i + 0.5) / n,
};

/**
 * Coordinates of pixels, in the order of `axes`. By default (row, column), both divided by max(H, W) − 1 and mapped to [−1, 1],
 * so that the picture keeps its proportions (method §2); a one-pixel picture then lies at (−1, −1).
 * @returns [P, 2]
 */
export function pixelCoordinates(
  { height, width }: SignalShape,
  pixels: Uint32Array,
  { coordinates, axes }: Pick<FfnConfig, 'coordinates' | 'axes'>,
): Float32Array {
  const position = POSITION[coordinates];
  const longest = Math.max(height, width);
  const [first, second] = axes === 'yx' ? [0, 1] : [1, 0];
  const found = new Float32Array(2 * pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const row = Math.floor(pixels[i] / width);
    found[2 * i + first] = position(row, height, longest);
    found[2 * i + second] = position(pixels[i] - row * width, width, longest);
  }
  return found;
}
