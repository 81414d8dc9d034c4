/**
 * Part of its largest value by which a map that is the same everywhere may vary: maps are sums of float32 numbers, which are
 * rounded to some 10⁻⁷ of their size.
 */
const ROUNDING = 1e-6;

/** Whether a range of values is more than what rounding makes of a single one; not where one of them is NaN. */
export const isRange = (low: number, high: number): boolean =>
  high - low > ROUNDING * Math.max(Math.abs(low), Math.abs(high));

/** The smallest and the largest of the values; NaN where one of them is, ∞ and −∞ for none. */
export function extremes(values: ArrayLike<number>): readonly [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  return [low, high];
}
