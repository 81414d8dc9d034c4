import quickselect from 'quickselect';

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
export const quantile = (values: ArrayLike<number>, q: number): number => quantileOf(finite(values), q);

/** Several quantiles of the same values, which are copied once. */
export function quantiles(values: ArrayLike<number>, qs: readonly number[]): number[] {
  const parted = finite(values);
  return qs.map((q) => quantileOf(parted, q));
}

/** @param parted finite values, whose order changes */
function quantileOf(parted: Float64Array, q: number): number {
  if (parted.length === 0) return Number.NaN;
  const position = q * (parted.length - 1);
  const place = Math.floor(position);
  // It takes any array, and its types know of one kind: before the place is what is no larger, after it what is no smaller.
  quickselect(parted as unknown as number[], place);
  const below = parted[place];
  if (position === place) return below;
  let above = Number.POSITIVE_INFINITY;
  for (let i = place + 1; i < parted.length; i++) above = Math.min(above, parted[i]);
  return below + (position - place) * (above - below);
}

/** The middle of the finite values. */
export const median = (values: ArrayLike<number>): number => quantile(values, 0.5);
