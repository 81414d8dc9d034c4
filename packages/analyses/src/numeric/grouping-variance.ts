import { XincError } from '@xinc/core';

/**
 * Sample variance (n − 1) over groups g of δ_{n,g} = (S[n,g] − E) / E with E = A_n·|g| / HW: how unevenly each neuron
 * divides its contribution among the groups, beyond their areas (paper §3, figure 4; method §5). Groups without pixels
 * are ignored; a neuron without contribution, or with one that is not finite, gives NaN.
 *
 * @param groupSums S, [N·G], neuron-major
 * @param totals A_n, [N]
 * @param sizes |g| in pixels, [G]
 * @param options.absolute takes the variance of |δ|, as the published code does for some groupings
 * @returns [N]
 * @throws XincError `unsupported` where fewer than two groups have pixels.
 */
export function groupingVariance(
  groupSums: Float64Array,
  totals: Float64Array,
  sizes: Uint32Array,
  { absolute }: { readonly absolute: boolean },
): Float64Array {
  const groups = [...sizes.keys()].filter((g) => sizes[g] > 0);
  if (groups.length < 2) {
    throw new XincError(
      'unsupported',
      `A variance over groups needs at least two groups with pixels, not ${groups.length}`,
    );
  }
  const pixels = sizes.reduce((sum, size) => sum + size, 0);
  const deltas = new Float64Array(groups.length);
  return totals.map((total, n) => {
    if (!Number.isFinite(total) || total === 0) return Number.NaN;
    let mean = 0;
    for (let i = 0; i < groups.length; i++) {
      const expected = (total * sizes[groups[i]]) / pixels;
      const delta = (groupSums[n * sizes.length + groups[i]] - expected) / expected;
      deltas[i] = absolute ? Math.abs(delta) : delta;
      mean += deltas[i] / groups.length;
    }
    let squares = 0;
    for (let i = 0; i < deltas.length; i++) squares += (deltas[i] - mean) ** 2;
    return squares / (groups.length - 1);
  });
}
