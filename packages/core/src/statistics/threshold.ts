/**
 * Logarithmic histogram of non-negative float32 values: bin 0 counts zeros and nothing else, bin k > 0 positive values whose
 * bit pattern shifted right by 13 is `firstBin + k` (so 1024 bins per octave), and the last bin what is not finite.
 */
export interface Histogram {
  readonly firstBin: number;
  readonly counts: Float64Array;
}

const bits = new Uint32Array(1);
const value = new Float32Array(bits.buffer);

/** The smallest value of a histogram's bin above that of zeros, the value with that bit pattern; 2^128 above all numbers. */
export function lowerEdge(firstBin: number, bin: number): number {
  bits[0] = (firstBin + bin) << 13;
  return Math.min(value[0], 2 ** 128);
}

/** A contribution value, and how much of the layer lies above it. */
export interface Threshold {
  /** τ */
  readonly value: number;
  /** Part of all values (neuron, pixel) that is above τ, 0 … 1. */
  readonly share: number;
}

/**
 * τ: the contribution value at which a layer's values, sorted downward, have accumulated 1 − α of the layer's total
 * (method §4). Values are taken as spread evenly inside a bin, 1024 of which make an octave: within 0.1 % of the exact value,
 * or within 1.2·10⁻⁴¹ where that is more.
 * @param area α, in (0, 1)
 * @returns zeros for a layer of zeros, NaN for one with values that are not finite
 */
export function thresholdOf({ firstBin, counts }: Histogram, area: number): Threshold {
  const last = counts.length - 1;
  if (counts[last] > 0) return { value: Number.NaN, share: Number.NaN };
  const sumOf = (bin: number) =>
    counts[bin] === 0 ? 0 : counts[bin] * ((lowerEdge(firstBin, bin) + lowerEdge(firstBin, bin + 1)) / 2);
  let [total, count] = [0, counts[0]];
  for (let bin = 1; bin < last; bin++) {
    total += sumOf(bin);
    count += counts[bin];
  }
  const wanted = (1 - area) * total;
  let [accumulated, above] = [0, 0];
  for (let bin = last - 1; bin > 0; bin--) {
    const sum = sumOf(bin);
    if (sum > 0 && accumulated + sum >= wanted) {
      const upper = lowerEdge(firstBin, bin + 1);
      const part = (wanted - accumulated) / sum;
      return {
        value: upper - part * (upper - lowerEdge(firstBin, bin)),
        share: (above + part * counts[bin]) / count,
      };
    }
    accumulated += sum;
    above += counts[bin];
  }
  return { value: 0, share: 0 };
}
