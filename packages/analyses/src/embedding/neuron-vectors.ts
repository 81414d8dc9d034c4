import type { Vectors } from '../numeric/clustering.js';
import { isRange } from '../numeric/variation.js';
import type { LiveLayer } from '../scope/live-layers.js';

/**
 * What describes neurons when they are compared: the map a_n of each, scaled to [0, 1] by its own smallest and largest
 * value, averaged over each group (method §5): (S[n,g] / |g| − min a_n) / (max a_n − min a_n). A map that is the same
 * everywhere, but for rounding, gives zeros.
 *
 * @param sizes |g| in pixels, [G]; groups without pixels are left out
 * @param neurons which ones, [n]
 * @returns [n, G']
 */
export function neuronVectors(
  { statistics }: LiveLayer,
  grouping: string,
  sizes: Uint32Array,
  neurons: ArrayLike<number>,
): Vectors {
  const { min, max } = statistics.neuronTotals!;
  const sums = statistics.groupSums[grouping];
  const groups = [...sizes.keys()].filter((g) => sizes[g] > 0);
  const values = new Float32Array(neurons.length * groups.length);
  for (let i = 0; i < neurons.length; i++) {
    const n = neurons[i];
    const range = max[n] - min[n];
    if (!isRange(min[n], max[n])) continue;
    for (const [k, g] of groups.entries()) {
      const average = sums[n * sizes.length + g] / sizes[g];
      values[i * groups.length + k] = (average - min[n]) / range;
    }
  }
  return { values, dimensions: groups.length };
}
