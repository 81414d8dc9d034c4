import { spread } from '../numeric/spread.js';

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
