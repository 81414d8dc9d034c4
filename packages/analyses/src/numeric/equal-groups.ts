/** What neurons give to each group of one grouping. */
export interface GroupSums {
  /** S[n,g] = Σ_{p∈g} a_n(p), [N·G], neuron-major */
  readonly sums: Float64Array;
  /** A_n, [N] */
  readonly totals: Float64Array;
  /** |g| in pixels, [G] */
  readonly sizes: Uint32Array;
}

/** Neurons that the choice of what is merged is made from, at most. */
const MERGED_BY = 256;

/**
 * The area-weighted variance of each neuron over the groups of a grouping, Σ_g (|g|/HW) δ_{n,g}², when the grouping has `count`
 * groups at most. Of a finer one two groups are merged at a time, those whose merging loses least of this variance as a part of
 * it, on average over the neurons (Ward 1963): what is left is about the most that so many of its groups can tell apart.
 * Every group adds as much to the variance of noise, whatever its size, so that groupings of as many groups have one chance level.
 *
 * @param neurons which, with totals above zero
 * @param count ≥ 1
 * @returns one for each of `neurons`
 */
export function varianceOverGroups(given: GroupSums, neurons: ArrayLike<number>, count: number): Float64Array {
  const groups = [...given.sizes.keys()].filter((g) => given.sizes[g] > 0);
  const pixels = groups.reduce((sum, g) => sum + given.sizes[g], 0);
  const weights = Float64Array.from(groups, (g) => given.sizes[g] / pixels);
  const deviations = deviationsOf(given, neurons, groups, weights);
  const whole = Uint32Array.from(groups.keys());
  const all = weightedVariance(deviations, weights, whole);
  return groups.length > count
    ? weightedVariance(deviations, weights, mergedGroups(deviations, weights, all, count))
    : all;
}

/** δ_{n,g}, [neurons, groups] */
function deviationsOf(
  { sums, totals, sizes }: GroupSums,
  neurons: ArrayLike<number>,
  groups: readonly number[],
  weights: Float64Array,
): Float64Array {
  const deviations = new Float64Array(neurons.length * groups.length);
  for (let i = 0; i < neurons.length; i++) {
    const n = neurons[i];
    for (const [k, g] of groups.entries()) {
      deviations[i * groups.length + k] = sums[n * sizes.length + g] / (totals[n] * weights[k]) - 1;
    }
  }
  return deviations;
}

/** @param mergedInto the group that each becomes part of, [G] */
function weightedVariance(deviations: Float64Array, weights: Float64Array, mergedInto: Uint32Array): Float64Array {
  const groups = weights.length;
  const sizes = new Float64Array(groups);
  for (let g = 0; g < groups; g++) sizes[mergedInto[g]] += weights[g];
  const sums = new Float64Array(groups);
  return Float64Array.from({ length: deviations.length / groups }, (_, n) => {
    sums.fill(0);
    for (let g = 0; g < groups; g++) sums[mergedInto[g]] += weights[g] * deviations[n * groups + g];
    let variance = 0;
    for (let g = 0; g < groups; g++) if (sizes[g] > 0) variance += sums[g] ** 2 / sizes[g];
    return variance;
  });
}

/**
 * Ward's merging down to `count` groups.
 * @param variances of each neuron over all groups, which its losses are parts of
 * @returns the group that each becomes part of, [G]
 */
function mergedGroups(
  deviations: Float64Array,
  weights: Float64Array,
  variances: Float64Array,
  count: number,
): Uint32Array {
  const groups = weights.length;
  const mergedInto = Uint32Array.from(weights.keys());
  const size = weights.slice();
  const loss = lossesOf(deviations, weights, variances);
  const isLeft = new Uint8Array(groups).fill(1);
  const partner = new Int32Array(groups);
  /** The later group that a group is merged with at the least loss; −1 for the last. */
  const findPartner = (a: number) => {
    partner[a] = -1;
    for (let b = a + 1; b < groups; b++) {
      if (isLeft[b] && (partner[a] < 0 || loss[a * groups + b] < loss[a * groups + partner[a]])) partner[a] = b;
    }
  };
  for (let a = 0; a < groups; a++) findPartner(a);
  for (let left = groups; left > count; left--) {
    let [into, least] = [-1, Number.POSITIVE_INFINITY];
    for (let a = 0; a < groups; a++) {
      if (!isLeft[a] || partner[a] < 0 || loss[a * groups + partner[a]] >= least) continue;
      [into, least] = [a, loss[a * groups + partner[a]]];
    }
    const gone = partner[into];
    isLeft[gone] = 0;
    for (let g = 0; g < groups; g++) if (mergedInto[g] === gone) mergedInto[g] = into;
    for (let other = 0; other < groups; other++) {
      if (!isLeft[other] || other === into) continue;
      // Lance & Williams 1967: the loss of merging with the merged group, from those of merging with its parts.
      const merged =
        ((size[into] + size[other]) * loss[into * groups + other] +
          (size[gone] + size[other]) * loss[gone * groups + other] -
          size[other] * least) /
        (size[into] + size[gone] + size[other]);
      loss[into * groups + other] = merged;
      loss[other * groups + into] = merged;
    }
    size[into] += size[gone];
    for (let a = 0; a < groups; a++) {
      if (!isLeft[a]) continue;
      const [before, known] = [partner[a], loss[a * groups + into]];
      if (a === into || before === gone || before === into) findPartner(a);
      else if (a < into && before >= 0 && known < loss[a * groups + before]) partner[a] = into;
    }
  }
  return mergedInto;
}

/** What the merging of any two groups loses, |a|·|b|/(|a| + |b|) · mean over neurons of (δ_a − δ_b)² / variance, [G, G]. */
function lossesOf(deviations: Float64Array, weights: Float64Array, variances: Float64Array): Float64Array {
  const groups = weights.length;
  const step = Math.max(1, variances.length / MERGED_BY);
  const loss = new Float64Array(groups * groups);
  for (let i = 0; i < Math.min(variances.length, MERGED_BY); i++) {
    const n = Math.floor(i * step);
    if (!(variances[n] > 0)) continue;
    const row = deviations.subarray(n * groups, (n + 1) * groups);
    for (let a = 0; a < groups; a++) {
      for (let b = a + 1; b < groups; b++) loss[a * groups + b] += (row[a] - row[b]) ** 2 / variances[n];
    }
  }
  for (let a = 0; a < groups; a++) {
    for (let b = a + 1; b < groups; b++) {
      loss[a * groups + b] *= (weights[a] * weights[b]) / (weights[a] + weights[b]);
      loss[b * groups + a] = loss[a * groups + b];
    }
  }
  return loss;
}
