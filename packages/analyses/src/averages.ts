/** The sum of the values. */
export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}

/** The mean of the values; NaN of none. */
export const mean = (values: ArrayLike<number>): number => sum(values) / values.length;

/** The finite values, in a copy: plain loops, since maps have millions of them. */
function finite(values: ArrayLike<number>): Float64Array {
  const kept = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) kept[count++] = values[i];
  return kept.subarray(0, count);
}

/** The q-quantile (0 … 1) of the finite values, linear between neighbours as NumPy's default; NaN where there are none. */
export function quantile(values: ArrayLike<number>, q: number): number {
  const sorted = finite(values).sort();
  if (sorted.length === 0) return Number.NaN;
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

/** The middle of the finite values. */
export const median = (values: ArrayLike<number>): number => quantile(values, 0.5);
