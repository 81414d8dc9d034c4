import type { Histogram } from '../statistics.js';

const bits = new Uint32Array(1);
const value = new Float32Array(bits.buffer);

/** Lower edge of a bin, the value with that bit pattern. */
function lowerEdge(firstBin: number, bin: number): number {
  bits[0] = (firstBin + bin) << 13;
  return value[0];
}

/**
 * τ: the contribution value at which a layer's values, sorted downward, have accumulated 1 − α of the layer's total
 * (method §5.4). Values are taken as spread evenly inside a bin, 2^−10 of an octave wide: within 0.1 % of the exact value.
 * @param area α, in (0, 1)
 */
export function thresholdOf({ firstBin, counts }: Histogram, area: number): number {
  const meanOf = (bin: number) => (lowerEdge(firstBin, bin) + lowerEdge(firstBin, bin + 1)) / 2;
  // Bin 0 holds what is too small to matter, zeros among them.
  let total = 0;
  for (let bin = 1; bin < counts.length; bin++) total += counts[bin] * meanOf(bin);
  const wanted = (1 - area) * total;
  let accumulated = 0;
  for (let bin = counts.length - 1; bin > 0; bin--) {
    const sum = counts[bin] * meanOf(bin);
    if (sum > 0 && accumulated + sum >= wanted) {
      const upper = lowerEdge(firstBin, bin + 1);
      return upper - ((wanted - accumulated) / sum) * (upper - lowerEdge(firstBin, bin));
    }
    accumulated += sum;
  }
  return 0;
}
