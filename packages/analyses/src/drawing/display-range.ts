import { quantile, quantiles } from '../numeric/averages.js';
import { scaled } from '../numeric/scaled.js';
import { isRange } from '../numeric/variation.js';

/**
 * The range between two percentiles (0 … 100) of non-negative values, for a colour scale. Where they coincide, from 0 to
 * the largest value; never empty.
 */
export function displayRange(values: ArrayLike<number>, low: number, high: number): readonly [number, number] {
  const [start, end] = quantiles(values, [low / 100, high / 100]);
  return end > start ? [start, end] : [0, quantile(values, 1) || 1];
}

/** The percentile at which the colour scales of single maps end: with a few pixels far above all others, the rest would be black. */
export const DISPLAY_PERCENTILE = 99.5;

/** For pictures: from the smallest value, 0, to the percentile above, 1, and 1 beyond it. */
export function forDisplay(values: ArrayLike<number>): Float32Array {
  const [end, low] = quantiles(values, [DISPLAY_PERCENTILE / 100, 0]);
  return isRange(low, end)
    ? Float32Array.from(values, (value) => Math.min((value - low) / (end - low), 1))
    : scaled(values);
}
