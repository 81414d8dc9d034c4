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

/** Spearman's rank correlation, ties at their mean rank; NaN where one of the two does not vary by more than rounding, or holds NaN. */
export const spearman = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  varies(a) && varies(b) ? correlationOf(ranks(a), ranks(b)) : Number.NaN;

/** The rank of each value among all, ties at their mean rank. */
function ranks(values: ArrayLike<number>): Float64Array {
  const numbers = Float64Array.from(values);
  const order = Uint32Array.from(numbers.keys()).sort((i, j) => numbers[i] - numbers[j]);
  const rank = new Float64Array(numbers.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && numbers[order[to]] === numbers[order[from]]) to++;
    for (let i = from; i < to; i++) rank[order[i]] = (from + to - 1) / 2;
    from = to;
  }
  return rank;
}
