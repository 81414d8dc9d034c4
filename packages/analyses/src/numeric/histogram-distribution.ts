import { type Histogram, lowerEdge } from '@xinc/core';

/** The distribution of a layer's values, read from its logarithmic histogram. */
export interface ValueDistribution {
  /** The share (0 … 1) of the values that are exactly zero. */
  readonly zeros: number;
  /**
   * The value with this share (0 … 1) of all values above it: 0 gives the largest, 0.5 the median. Linear between the two
   * nearest ranks, as NumPy's default.
   */
  valueAt(share: number): number;
}

/** How far a value read from a histogram may be from the exact one, for people. */
export const HISTOGRAM_ERROR = 'within 0.1 %, or 1.2·10⁻⁴¹ where that is more';

/**
 * Bins are at most 2^−10 of their values wide, and 2^−136 where float32 has no smaller exponent: a value read from its bin is
 * off by less than 0.1 % or 1.2·10⁻⁴¹. Zeros have a bin of their own.
 * @param histogram of finite values
 */
export function distributionOf({ firstBin, counts }: Histogram): ValueDistribution {
  const lower = (bin: number) => lowerEdge(firstBin, bin);
  /** The bins that hold values, downward, and the number of the values above each of them, and of all. */
  const bins: number[] = [];
  const countAbove = [0];
  for (let k = counts.length - 1; k >= 0; k--) {
    if (counts[k] === 0) continue;
    bins.push(k);
    countAbove.push(countAbove[bins.length - 1] + counts[k]);
  }
  const count = countAbove[bins.length];
  /** The value in the bin in place i with this part of the bin's values above it. */
  const inBin = (i: number, part: number) => {
    const [from, to] = bins[i] === 0 ? [0, 0] : [lower(bins[i]), lower(bins[i] + 1)];
    return to - part * (to - from);
  };
  /** The value of a rank, 0 for the largest. */
  const ofRank = (rank: number) => {
    const i = firstAbove(countAbove, rank) - 1;
    return inBin(i, (rank - countAbove[i] + 0.5) / (countAbove[i + 1] - countAbove[i]));
  };
  return {
    zeros: counts[0] / count,
    valueAt(share) {
      const place = share * (count - 1);
      const rank = Math.floor(place);
      const value = ofRank(rank);
      if (place === rank) return value;
      const [next, part] = [ofRank(rank + 1), place - rank];
      // From the nearer of the two, so that no digits are lost where the other is far larger.
      return part > 0.5 ? next - (1 - part) * (next - value) : value + part * (next - value);
    },
  };
}

/** The first index whose value is above `limit`, in an ascending list; its length where none is. */
function firstAbove(ascending: readonly number[], limit: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
