import type { Histogram } from '@xinc/core';

/** The distribution of a layer's values, read from its logarithmic histogram. */
export interface ValueDistribution {
  /** The share (0 … 1) of the values that are exactly zero. */
  readonly zeros: number;
  /**
   * The value with this share (0 … 1) of all values above it: 0 gives the largest, 0.5 the median. Linear between the two
   * nearest ranks, as NumPy's default.
   */
  valueAt(share: number): number;
  /** The value above which the values make up 1 − area of their sum, and the share of the values that are above it. */
  threshold(area: number): { readonly value: number; readonly share: number };
}

const BIN_SHIFT = 13;

/** How far a value read from a histogram may be from the exact one, for people. */
export const HISTOGRAM_ERROR = 'within 0.1 %, or 1.2·10⁻⁴¹ where that is more';

/**
 * Bins are at most 2^−10 of their values wide, and 2^−136 where float32 has no smaller exponent: a value read from its bin is
 * off by less than 0.1 % or 1.2·10⁻⁴¹. Zeros have a bin of their own. Sums take the middle of a bin, at most 0.05 % from each of
 * its values.
 * @param histogram of finite values
 */
export function distributionOf({ firstBin, counts }: Histogram): ValueDistribution {
  const lower = edgesOf(firstBin);
  /** The bins that hold values, downward, and the number and sum of the values above each of them, and of all. */
  const bins: number[] = [];
  const countAbove = [0];
  const sumAbove = [0];
  for (let k = counts.length - 1; k >= 0; k--) {
    if (counts[k] === 0) continue;
    const middle = k === 0 ? 0 : (lower(k) + lower(k + 1)) / 2;
    bins.push(k);
    countAbove.push(countAbove[bins.length - 1] + counts[k]);
    sumAbove.push(sumAbove[bins.length - 1] + counts[k] * middle);
  }
  const [count, sum] = [countAbove[bins.length], sumAbove[bins.length]];
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
      return place === rank ? value : value + (place - rank) * (ofRank(rank + 1) - value);
    },
    threshold(area) {
      // Of zeros, none is needed.
      if (sum === 0) return { value: 0, share: 0 };
      const limit = (1 - area) * sum;
      const i = Math.min(firstAtLeast(sumAbove, limit), bins.length) - 1;
      const part = (limit - sumAbove[i]) / (sumAbove[i + 1] - sumAbove[i]);
      const above = countAbove[i] + part * (countAbove[i + 1] - countAbove[i]);
      return { value: inBin(i, part), share: above / count };
    },
  };
}

/** The first index whose value is at least `limit`, in an ascending list; its length where none is. */
const firstAtLeast = (ascending: readonly number[], limit: number): number =>
  firstThat(ascending, (value) => value >= limit);

/** The first index whose value is above `limit`, in an ascending list; its length where none is. */
const firstAbove = (ascending: readonly number[], limit: number): number =>
  firstThat(ascending, (value) => value > limit);

function firstThat(ascending: readonly number[], fits: (value: number) => boolean): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(ascending[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Gives the smallest value of each bin above that of zeros; 2^128 is above all numbers. */
function edgesOf(firstBin: number): (bin: number) => number {
  const pattern = new Uint32Array(1);
  const float = new Float32Array(pattern.buffer);
  return (bin) => {
    pattern[0] = (firstBin + bin) << BIN_SHIFT;
    return Math.min(float[0], 2 ** 128);
  };
}
