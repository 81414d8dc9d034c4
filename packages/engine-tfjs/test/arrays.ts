import { type NdArray, ndarray, type Shape } from '@xinc/core';

/** An array of the values given, row by row. */
export function array(shape: Shape, values: readonly number[]): NdArray {
  return ndarray(shape, Float32Array.from(values));
}

/** Reproducible values between `low` and `high` (mulberry32). */
export function randomArray(shape: Shape, seed: number, low = -1, high = 1): NdArray {
  let state = seed * 0x9e3779b9;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const result = ndarray(shape);
  result.data.forEach((_, i) => {
    result.data[i] = low + (high - low) * next();
  });
  return result;
}

/** Values of both signs and at least `distance` away from zero, where many operations have a corner or a pole. */
export function awayFromZero(shape: Shape, seed: number, distance = 0.2): NdArray {
  const result = randomArray(shape, seed);
  result.data.forEach((x, i) => {
    result.data[i] = x + Math.sign(x) * distance;
  });
  return result;
}

/** Values that are `offset` plus a multiple of ¼: arrays with different offsets have no ties, not even near ones. */
export const onGrid =
  (offset: number) =>
  (shape: Shape, seed: number): NdArray => {
    const result = randomArray(shape, seed);
    result.data.forEach((x, i) => {
      result.data[i] = offset + Math.round(4 * x) / 4;
    });
    return result;
  };

/** The largest |a − b| / (absolute + relative·|b|); at most 1 where the arrays agree to those tolerances. */
export function disagreement(a: NdArray, b: NdArray, relative: number, absolute: number): number {
  if (a.shape.join() !== b.shape.join()) throw new Error(`shapes ${a.shape.join('×')} and ${b.shape.join('×')} differ`);
  let largest = 0;
  a.data.forEach((x, i) => {
    const y = b.data[i];
    const excess = Object.is(x, y) ? 0 : Math.abs(x - y) / (absolute + relative * Math.abs(y));
    largest = Number.isNaN(excess) ? Number.POSITIVE_INFINITY : Math.max(largest, excess);
  });
  return largest;
}
