import { quantile } from './averages.js';
import { extremes, isRange } from './variation.js';

/** Scaled linearly so that the smallest value is 0 and the largest 1; zeros where they are the same but for rounding. */
export function scaled(values: ArrayLike<number>): Float32Array {
  const [low, high] = extremes(values);
  return Float32Array.from(values, (value) => (isRange(low, high) ? (value - low) / (high - low) : 0));
}

/** Where the colour scales of single maps end: a few pixels far above all others would leave the rest black. */
export const DISPLAY_PERCENTILE = 99.5;

/** For pictures: from the smallest value, 0, to the percentile above, 1, and 1 beyond it. */
export function forDisplay(values: ArrayLike<number>): Float32Array {
  const end = quantile(values, DISPLAY_PERCENTILE / 100);
  const low = quantile(values, 0);
  return isRange(low, end)
    ? Float32Array.from(values, (value) => Math.min((value - low) / (end - low), 1))
    : scaled(values);
}
