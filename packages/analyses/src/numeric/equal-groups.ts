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
/**
 * Mergings at random whose mean is taken, at most, and groups that are merged in all of them, about: of 32 groups and more the mean
 * leaves a neuron's variance to about half a percent.
 */
const MOST_MERGINGS = 4096;
const MERGED_AT_RANDOM = 2 ** 18;

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
 * mergings that are the same every time. What one merging leaves is Σ_b (Σ_{g∈b} w_g δ_{n,g})² / w_b over what it makes, a quadratic
 * form of δ that depends on sizes alone: its mean is made once, so that many mergings cost the same for any number of neurons.
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
  const form = formOfMergings(weights, count);
  const left = new Float64Array(variances.length);
  for (let n = 0; n < left.length; n++) {
    const row = deviations.subarray(n * groups, (n + 1) * groups);
    for (let a = 0; a < groups; a++) {
      let ofGroup = 0;
      for (let b = 0, at = a * groups; b <= a; b++, at++) ofGroup += form[at] * row[b];
      left[n] += ofGroup * row[a];
    }
  }
  return left;
}

/** The mean over mergings at random of w_a w_b / w, w of what a and b are both part of, 0 if of none; twice that for b < a, [G, G]. */
function formOfMergings(weights: Float64Array, count: number): Float64Array {
  const groups = weights.length;
  const stream = randomStream(0, 'mergings of groups');
  const mergings = Math.min(MOST_MERGINGS, Math.ceil(MERGED_AT_RANDOM / groups));
  const form = new Float64Array(groups ** 2);
  for (let m = 0; m < mergings; m++) {
    for (const together of mergedAtRandom(groups, count, stream)) {
      let weight = 0;
      for (const g of together) weight += weights[g];
      for (const a of together) for (const b of together) form[a * groups + b] += 1 / weight;
    }
  }
  for (let a = 0; a < groups; a++) {
    for (let b = 0; b <= a; b++) form[a * groups + b] *= ((b < a ? 2 : 1) * weights[a] * weights[b]) / mergings;
  }
  return form;
}

/**
 * Merging any two groups with one probability until `count` are left, which is to put all in a random order and cut that at random
 * places (Kingman 1982).
 * @returns the groups of each that is left
 */
function mergedAtRandom(groups: number, count: number, stream: RandomStream): Uint32Array[] {
  const cuts = permutation(groups - 1, stream)
    .subarray(0, count - 1)
    .sort();
  const order = permutation(groups, stream);
  return Array.from({ length: count }, (_, i) =>
    order.subarray(i === 0 ? 0 : cuts[i - 1] + 1, i < count - 1 ? cuts[i] + 1 : groups),
  );
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
