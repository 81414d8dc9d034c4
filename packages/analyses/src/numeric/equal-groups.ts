import { permutation, type RandomStream, randomStream } from '@xinc/core';
import { spread } from './spread.js';

/** What neurons give to each group of one grouping. */
export interface GroupSums {
  /** S[n,g] = Σ_{p∈g} a_n(p), [N·G], neuron-major */
  readonly sums: Float64Array;
  /** A_n, [N] */
  readonly totals: Float64Array;
  /** |g| in pixels, [G] */
  readonly sizes: Uint32Array;
}

/** Neurons that the choice of what is merged is made from, at most, and differences of groups that are taken for it, about. */
const MERGED_BY = 256;
const MOST_DIFFERENCES = 2 ** 25;
/** Mergings at random whose mean is taken, at least and at most, and deviations that are added up for them, about. */
const FEWEST_MERGINGS = 32;
const MOST_MERGINGS = 512;
const MOST_ADDED = 2 ** 21;

/** What a variance over groups would be with fewer groups, one for each neuron: between what two ways of merging leave. */
export interface VarianceBounds {
  readonly least: Float64Array;
  readonly most: Float64Array;
}

/**
 * The area-weighted variance of each neuron over the groups of a grouping, Σ_g (|g|/HW) δ_{n,g}², when the grouping has `count`
 * groups. Of a finer one it is not known, and lies about between two bounds. `most`: two groups are merged at a time, those whose
 * merging loses least of this variance as a part of it, on average over the neurons (Ward 1963). `least`: two groups at a time are
 * merged at random; the mean of what that leaves, which is (count − 1) / (G − 1) of it where all groups have one size.
 * Every group adds as much to the variance of noise, whatever its size, so that groupings of as many groups have one chance level.
 *
 * @param neurons which, with totals above zero
 * @param count ≥ 1
 * @returns one for each of `neurons`; both bounds are the same where there are no more groups
 */
export function varianceOverGroups(given: GroupSums, neurons: ArrayLike<number>, count: number): VarianceBounds {
  const groups = [...given.sizes.keys()].filter((g) => given.sizes[g] > 0);
  const pixels = groups.reduce((sum, g) => sum + given.sizes[g], 0);
  const weights = Float64Array.from(groups, (g) => given.sizes[g] / pixels);
  const deviations = deviationsOf(given, neurons, groups, weights);
  const all = weightedVariance(deviations, weights, Uint32Array.from(groups.keys()));
  if (groups.length <= count) return { least: all, most: all };
  const merged = weightedVariance(deviations, weights, mergedGroups(deviations, weights, all, count));
  const atRandom = leftAtRandom(deviations, weights, all, count);
  return {
    least: atRandom.map((variance, n) => Math.min(variance, merged[n])),
    most: atRandom.map((variance, n) => Math.max(variance, merged[n])),
  };
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
 * The mean of what merging at random leaves of the variance of each neuron. Of groups of one size it is known; of others it is that of
 * mergings that are the same every time.
 */
function leftAtRandom(
  deviations: Float64Array,
  weights: Float64Array,
  variances: Float64Array,
  count: number,
): Float64Array {
  const groups = weights.length;
  if (weights.every((weight) => weight === weights[0])) {
    return variances.map((variance) => (variance * (count - 1)) / (groups - 1));
  }
  const stream = randomStream(0, 'mergings of groups');
  const mergings = Math.max(FEWEST_MERGINGS, Math.min(MOST_MERGINGS, Math.floor(MOST_ADDED / deviations.length)));
  const left = new Float64Array(variances.length);
  for (let m = 0; m < mergings; m++) {
    const ofMerging = weightedVariance(deviations, weights, mergedAtRandom(groups, count, stream));
    for (let n = 0; n < left.length; n++) left[n] += ofMerging[n] / mergings;
  }
  return left;
}

/**
 * Merging any two groups with one probability until `count` are left, which is to put all in a random order and cut that at random
 * places (Kingman 1982).
 * @returns the group that each becomes part of, [G]
 */
function mergedAtRandom(groups: number, count: number, stream: RandomStream): Uint32Array {
  const isCut = new Uint8Array(groups);
  for (const cut of permutation(groups - 1, stream).subarray(0, count - 1)) isCut[cut + 1] = 1;
  const mergedInto = new Uint32Array(groups);
  let into = 0;
  for (const [i, g] of permutation(groups, stream).entries()) {
    if (i === 0 || isCut[i]) into = g;
    mergedInto[g] = into;
  }
  return mergedInto;
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
  const loss = new Float64Array(groups * groups);
  const most = Math.min(MERGED_BY, Math.ceil((2 * MOST_DIFFERENCES) / groups ** 2));
  for (const n of spread([...variances.keys()], most)) {
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
