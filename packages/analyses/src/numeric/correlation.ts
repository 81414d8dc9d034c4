import { mean } from './averages.js';
import { extremes, isRange } from './variation.js';

/** Pearson's correlation; NaN where one of the two does not vary by more than rounding, or holds NaN. */
export const pearson = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  varies(a) && varies(b) ? correlationOf(a, b) : Number.NaN;

const varies = (values: ArrayLike<number>): boolean => isRange(...extremes(values));

function correlationOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [aa, bb, ab] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    aa += (a[i] - meanA) ** 2;
    bb += (b[i] - meanB) ** 2;
    ab += (a[i] - meanA) * (b[i] - meanB);
  }
  return ab / Math.sqrt(aa * bb);
}

/** Numbers with the rank of each among all, to be correlated with several others. */
export interface Ranked {
  /** Ties at their mean rank; `undefined` where they do not vary by more than rounding, or hold NaN. */
  readonly ranks: Float64Array | undefined;
}

export const ranked = (values: ArrayLike<number>): Ranked => ({ ranks: varies(values) ? ranks(values) : undefined });

/** Spearman's rank correlation; NaN where one of the two does not vary by more than rounding, or holds NaN. */
export const spearman = (a: Ranked, b: Ranked): number =>
  a.ranks && b.ranks ? correlationOf(a.ranks, b.ranks) : Number.NaN;

/** The rank of each value among all, ties at their mean rank. */
function ranks(values: ArrayLike<number>): Float64Array {
  // Numbers by themselves are sorted several times faster than their places by what is there.
  const sorted = Float64Array.from(values).sort();
  /** Mean rank of the values that are the same as the first of them, at its place. */
  const means = new Float64Array(sorted.length);
  for (let from = 0; from < sorted.length; ) {
    let to = from + 1;
    while (to < sorted.length && sorted[to] === sorted[from]) to++;
    means[from] = (from + to - 1) / 2;
    from = to;
  }
  const rank = new Float64Array(sorted.length);
  for (let i = 0; i < rank.length; i++) rank[i] = means[firstPlace(sorted, values[i])];
  return rank;
}

/** The place of the first of the sorted values that is not below `value`, which is among them. */
function firstPlace(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
