import { quantile } from './averages.js';

/** Scaled linearly so that the smallest value is 0 and the largest 1; zeros where they are the same. */
export function scaled(values: ArrayLike<number>): Float32Array {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  return Float32Array.from(values, (value) => (high > low ? (value - low) / (high - low) : 0));
}

/** Where the colour scales of single maps end: a few pixels far above all others would leave the rest black. */
export const DISPLAY_PERCENTILE = 99.5;

/** For pictures: from the smallest value, 0, to the percentile above, 1, and 1 beyond it. */
export function forDisplay(values: ArrayLike<number>): Float32Array {
  const end = quantile(values, DISPLAY_PERCENTILE / 100);
  const low = quantile(values, 0);
  return end > low ? Float32Array.from(values, (value) => Math.min((value - low) / (end - low), 1)) : scaled(values);
}
