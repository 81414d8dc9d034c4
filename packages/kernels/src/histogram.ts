/**
 * Logarithmic bins of non-negative float32 values, 1024 per octave from 2^−40 to 2^24: value a falls in bin
 * clamp((bits(a) >>> 13) − firstBin, 0, bins − 1). So zero falls in bin 0, and infinity and NaN in the last.
 */
export const HISTOGRAM = { firstBin: (127 - 40) << 10, bins: 64 << 10 } as const;
