/** Mean of values, and their standard deviation as of a sample (÷ n − 1): `null` where there is one value. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number | null;
}

/** @param values at least one */
export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { mean, deviation: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}

/**
 * Sorted values at evenly spread ranks, from the least to the greatest, so that lists of any length can be compared rank by rank.
 * Those that are not finite are left out.
 * @returns `points` values; none where there are no finite values
 */
export function rankCurve(values: ArrayLike<number>, points: number): number[] {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  if (sorted.length === 0) return [];
  return Array.from({ length: points }, (_, i) => sorted[Math.round((i * (sorted.length - 1)) / (points - 1))]);
}

/** The middle value; of an even number the mean of the two in the middle. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return (low + high) / 2;
}
