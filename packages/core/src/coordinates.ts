import type { SignalShape } from './signal.js';

/**
 * Where pixel i of an axis of n pixels lies; `longest` is the longer side's n. An axis of one pixel begins where any does.
 *
 * - `longest` 2i / (max(H, W) − 1) − 1, which keeps proportions (method §2)
 * - `linspace` 2i / (n − 1) − 1
 * - `centres` (2i + 1) / n − 1
 * - `unit` i / n
 * - `unit-linspace` i / (n − 1)
 * - `unit-centres` (i + ½) / n
 * - `by-height` 2i / (H − 1) − 1 on every axis, as COIN's code has it
 */
const POSITION = {
  longest: (i: number, _n: number, longest: number) => (2 * i) / Math.max(longest - 1, 1) - 1,
  linspace: (i: number, n: number) => (2 * i) / Math.max(n - 1, 1) - 1,
  centres: (i: number, n: number) => (2 * i + 1) / n - 1,
  unit: (i: number, n: number) => i / n,
  'unit-linspace': (i: number, n: number) => i / Math.max(n - 1, 1),
  'unit-centres': (i: number, n: number) => (i + 0.5) / n,
  'by-height': (i: number, _n: number, _longest: number, height: number) => (2 * i) / Math.max(height - 1, 1) - 1,
};

export type CoordinateRule = keyof typeof POSITION;
export const COORDINATE_RULES = Object.keys(POSITION) as [CoordinateRule, ...CoordinateRule[]];

export interface CoordinateOptions {
  readonly coordinates: CoordinateRule;
  /** (row, column) or (column, row). */
  readonly axes: 'yx' | 'xy';
}

/** Coordinates of pixels, in the order of `axes`. @returns [P, 2] */
export function pixelCoordinates(
  { height, width }: Pick<SignalShape, 'height' | 'width'>,
  pixels: Uint32Array,
  { coordinates, axes }: CoordinateOptions,
): Float32Array {
  const position = POSITION[coordinates];
  const longest = Math.max(height, width);
  const [first, second] = axes === 'yx' ? [0, 1] : [1, 0];
  const found = new Float32Array(2 * pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const row = Math.floor(pixels[i] / width);
    found[2 * i + first] = position(row, height, longest, height);
    found[2 * i + second] = position(pixels[i] - row * width, width, longest, height);
  }
  return found;
}

/** Where frame t of a video lies on the third axis. */
export function frameCoordinate(frame: number, frames: number, coordinates: CoordinateRule): number {
  return POSITION[coordinates](frame, frames, frames, frames);
}
