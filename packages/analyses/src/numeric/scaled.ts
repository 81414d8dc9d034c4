import { extremes, isRange } from './variation.js';

/** Scaled linearly so that the smallest value is 0 and the largest 1; zeros where they are the same but for rounding. */
export function scaled(values: ArrayLike<number>): Float32Array {
  const [low, high] = extremes(values);
  return Float32Array.from(values, (value) => (isRange(low, high) ? (value - low) / (high - low) : 0));
}
