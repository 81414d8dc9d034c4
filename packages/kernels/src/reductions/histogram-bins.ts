/**
 * Logarithmic bins of non-negative float32 values, 1024 per octave over all of them: bin 0 counts zeros and nothing else, a
 * positive value falls in the bin k whose number is firstBin + k = bits >>> 13, and the last bin counts ∞ and NaN.
 */
export const HISTOGRAM = { firstBin: -1, bins: (255 << 10) + 2 } as const;

/** The bin of a value without sign, by its bit pattern. */
export const binOf = (bits: number): number =>
  bits === 0 ? 0 : Math.min((bits >>> 13) - HISTOGRAM.firstBin, HISTOGRAM.bins - 1);
