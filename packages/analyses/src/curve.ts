import { spread } from './spread.js';

export interface CurvePoint {
  /** Position among the sorted values, 0 (smallest) to 100 (largest). */
  readonly percent: number;
  readonly value: number;
}

/** The finite values in ascending order, thinned to at most `points` of them; both ends are kept. */
export function sortedCurve(values: ArrayLike<number>, points = 150): CurvePoint[] {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  const last = Math.max(sorted.length - 1, 1);
  return spread([...sorted.keys()], points).map((rank) => ({
    percent: roundTo((100 * rank) / last, 4),
    value: roundTo(sorted[rank], 5),
  }));
}

/** Rounded to this many significant digits, so that specifications stay short. */
const roundTo = (value: number, digits: number): number => Number(value.toPrecision(digits));

/** The q-quantile (0 … 1) of the finite values, linear between neighbours as NumPy's default; NaN where there are none. */
export function quantile(values: ArrayLike<number>, q: number): number {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  if (sorted.length === 0) return Number.NaN;
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}
