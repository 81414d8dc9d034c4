import type { Histogram } from '@xinc/core';

/** The distribution of a layer's values, read from its logarithmic histogram. */
export interface ValueDistribution {
  /** The value with this share (0 … 1) of all values above it: 0 gives the largest, 0.5 the median. */
  valueAt(share: number): number;
  /** The value above which the values make up 1 − area of their sum, and the share of the values that are above it. */
  threshold(area: number): { readonly value: number; readonly share: number };
}

const BIN_SHIFT = 13;

/**
 * Bins are at most 2^−10 of their values wide, so a value read from its bin is off by less than 0.1 %; sums take the
 * middle of a bin, at most 0.05 % from each of its values. Values below the first bin count as zero.
 */
export function distributionOf({ firstBin, counts }: Histogram): ValueDistribution {
  const edges = lowerEdges(firstBin, counts.length + 1);
  const bins = counts.length;
  /** Number and sum of the values in the `i` uppermost bins. */
  const countAbove = new Float64Array(bins + 1);
  const sumAbove = new Float64Array(bins + 1);
  for (let i = 0; i < bins; i++) {
    const k = bins - 1 - i;
    countAbove[i + 1] = countAbove[i] + counts[k];
    sumAbove[i + 1] = sumAbove[i] + (counts[k] * (edges[k] + edges[k + 1])) / 2;
  }
  /** Where a running measure, taken downward, reaches a limit: the bin and the part of it that is needed. */
  const reach = (above: Float64Array, limit: number) => {
    const i = Math.max(firstAtLeast(above, limit) - 1, firstAtLeast(above, Number.MIN_VALUE) - 1);
    const part = Math.min(Math.max((limit - above[i]) / (above[i + 1] - above[i] || 1), 0), 1);
    const k = bins - 1 - i;
    return { i, part, value: edges[k + 1] - part * (edges[k + 1] - edges[k]) };
  };
  return {
    valueAt: (share) => reach(countAbove, share * countAbove[bins]).value,
    threshold(area) {
      const { i, part, value } = reach(sumAbove, (1 - area) * sumAbove[bins]);
      return { value, share: (countAbove[i] + part * (countAbove[i + 1] - countAbove[i])) / countAbove[bins] };
    },
  };
}

/** The first index whose value is at least `limit`, in an ascending list; the last index where none is. */
function firstAtLeast(ascending: Float64Array, limit: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] >= limit) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The smallest value of each bin. Bin 0 also holds everything smaller, so it starts at zero. */
function lowerEdges(firstBin: number, length: number): Float64Array {
  const pattern = new Uint32Array(1);
  const float = new Float32Array(pattern.buffer);
  return Float64Array.from({ length }, (_, k) => {
    pattern[0] = (firstBin + k) << BIN_SHIFT;
    return k === 0 ? 0 : float[0];
  });
}
