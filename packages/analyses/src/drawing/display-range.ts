import { quantile } from '../numeric/averages.js';

/**
 * The range between two percentiles (0 … 100) of non-negative values, for a colour scale. Where they coincide, from 0 to
 * the largest value; never empty.
 */
export function displayRange(values: ArrayLike<number>, low: number, high: number): readonly [number, number] {
  const range = [quantile(values, low / 100), quantile(values, high / 100)] as const;
  return range[1] > range[0] ? range : [0, quantile(values, 1) || 1];
}
