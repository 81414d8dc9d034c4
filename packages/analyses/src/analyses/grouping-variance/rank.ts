import { type AnalysisContext, type LayerInfo, permutation, type RandomStream, randomStream } from '@xinc/core';
import { median, quantile } from '../../numeric/averages.js';
import { bootstrapMedians } from '../../numeric/bootstrap-medians.js';
import { type VarianceBounds, varianceOverGroups } from '../../numeric/equal-groups.js';
import { isTie } from '../../numeric/ties.js';
import { byLayer } from '../../scope/live-layers.js';
import type { Measurement } from './measure.js';

/** Confidence of all comparisons of a layer together. */
export const CONFIDENCE = 0.95;
/** Fewer neurons than these cannot show a difference at that confidence, even if all agree: 2 · 0.5⁶ < 0.05 < 2 · 0.5⁵. */
export const FEWEST_NEURONS = 6;
/** Neurons of a layer that are resampled, at most. */
const MOST_NEURONS = 1024;
/** Groups of a grouping that are merged into fewer, at most: time and memory grow with their square. */
export const MOST_GROUPS = 1024;
/** How many times as many groups one grouping may have as another one that it is ranked with: the more, the less is known. */
export const MOST_TIMES = 4;
/** What rounding leaves of no variance, at most. */
const NO_VARIANCE = 1e-10;

/**
 * What groupings are ranked by. `spread`: sqrt(Σ_g (|g|/HW) δ_{n,g}²), how far a group's mean contribution is from the neuron's
 * mean, relative to that (standard deviation over pixels), with as many groups for every grouping. `published`: the variance
 * over groups as they are, in which a small group counts as much as a large one.
 */
export type Measure = 'spread' | 'published';

/**
 * How much more neurons depend on a grouping than on the one before: the ratio of their medians (of bounds, of their geometric
 * means), and its interval, NaN where a median of the other is zero.
 */
interface Margin {
  readonly times: number;
  readonly low: number;
  readonly high: number;
  /** The difference is within noise. */
  readonly tie: boolean;
}

export interface Ranked {
  readonly grouping: string;
  /** Groups that it is ranked with, the fewest over frames. */
  readonly groups: number;
  /** Median of the measure over neurons: between these two, which are the same where no groups had to be merged. */
  readonly least: number;
  readonly most: number;
  /** From the grouping before; the first has none. */
  readonly margin?: Margin;
}

/** The groupings of a layer, those first that its neurons depend on least. */
export interface Ranking {
  readonly layer: LayerInfo;
  readonly measure: Measure;
  readonly frames: number;
  /** Neurons compared, and those that could be. */
  readonly neurons: number;
  readonly live: number;
  readonly ranked: readonly Ranked[];
}

/**
 * Ranks the groupings of each layer by how much contributions differ between their groups (method §5.2).
 * @returns nothing for layers of which no frame has two groupings to compare
 */
export const rankGroupings = (
  measurements: readonly Measurement[],
  measure: Measure,
  context: Pick<AnalysisContext, 'seed'>,
): Ranking[] => byLayer(measurements).flatMap(({ layer, items }) => rankOf(layer, items, measure, context) ?? []);

function rankOf(
  layer: LayerInfo,
  items: readonly Measurement[],
  measure: Measure,
  { seed }: Pick<AnalysisContext, 'seed'>,
): Ranking | undefined {
  const comparable = measure === 'spread' ? alike(items) : items;
  const groupings = [...new Set(comparable.map(({ grouping }) => grouping))];
  const frames = [...new Set(comparable.map(({ frame }) => frame))]
    .map((frame) => comparable.filter((one) => one.frame === frame))
    .filter((ofFrame) => ofFrame.length === groupings.length);
  if (groupings.length < 2 || frames.length === 0) return undefined;
  const live = [...new Set(frames.flatMap(([{ census }]) => [...census.live]))].sort((a, b) => a - b);
  const neurons = permutation(live.length, randomStream(seed, `grouping-variance ${layer.id}`))
    .subarray(0, MOST_NEURONS)
    .map((i) => live[i])
    .sort();
  const counts = frames.map((ofFrame) => Math.min(...ofFrame.map(({ groups }) => groups)));
  const measured = groupings.map((grouping): Measured => {
    const parts = frames.map((ofFrame) => ofFrame.find((one) => one.grouping === grouping)!);
    const own = parts.map(({ groups }) => groups);
    if (measure === 'published') {
      const variances = (part: Measurement, some: Uint32Array) => Float64Array.from(some, (n) => part.variances[n]);
      const values = meanOverFrames(neurons, parts, variances);
      return { grouping, own, groups: Math.min(...own), least: values, most: values };
    }
    const bounds = new Map(parts.map((part, f) => [part, weightedVariances(part, neurons, counts[f])]));
    const spread = (bound: keyof VarianceBounds) =>
      meanOverFrames(neurons, parts, (part) => bounds.get(part)![bound]).map(Math.sqrt);
    const least = spread('least');
    // Where no groups had to be merged the bounds are one array, and stay one: it is resampled once.
    const isKnown = [...bounds.values()].every((bound) => bound.least === bound.most);
    return { grouping, own, groups: Math.min(...counts), least, most: isKnown ? least : spread('most') };
  });
  const stream = randomStream(seed, `resampled neurons ${layer.id}`);
  return {
    layer,
    measure,
    frames: frames.length,
    neurons: neurons.length,
    live: live.length,
    ranked: withMargins(measured, stream),
  };
}

/** The measurements of as many groupings as have about as many groups, the finer ones of two such sets. */
function alike(items: readonly Measurement[]): Measurement[] {
  const mergeable = items.filter(({ groups }) => groups <= MOST_GROUPS);
  const fewestOf = (name: string) =>
    Math.min(...mergeable.filter((one) => one.grouping === name).map((one) => one.groups));
  const groupings = [...new Set(mergeable.map(({ grouping }) => grouping))].sort((a, b) => fewestOf(b) - fewestOf(a));
  const sets = groupings.map((finest, i) =>
    groupings.slice(i).filter((name) => fewestOf(name) * MOST_TIMES >= fewestOf(finest)),
  );
  const largest = sets.reduce((best, set) => (set.length > best.length ? set : best), []);
  return mergeable.filter(({ grouping }) => largest.includes(grouping));
}

/** Of those of the neurons that are live. */
const weightedVariances = (part: Measurement, neurons: Uint32Array, count: number): VarianceBounds =>
  varianceOverGroups(
    { sums: part.statistics.groupSums[part.grouping], totals: part.totals, sizes: part.sizes },
    liveOf(part, neurons),
    count,
  );

const liveOf = ({ totals }: Measurement, neurons: Uint32Array): Uint32Array => neurons.filter((n) => totals[n] > 0);

/**
 * The mean of each neuron's variance over the frames on which it is live.
 * @param parts one grouping on each frame
 * @param variancesOf those of the live neurons on a frame
 */
function meanOverFrames(
  neurons: Uint32Array,
  parts: readonly Measurement[],
  variancesOf: (part: Measurement, live: Uint32Array) => Float64Array,
): Float64Array {
  const sums = new Map([...neurons].map((n) => [n, { sum: 0, frames: 0 }]));
  for (const part of parts) {
    const live = liveOf(part, neurons);
    for (const [i, variance] of variancesOf(part, live).entries()) {
      const ofNeuron = sums.get(live[i])!;
      ofNeuron.sum += variance;
      ofNeuron.frames++;
    }
  }
  return Float64Array.from(sums.values(), ({ sum, frames }) => (sum / frames < NO_VARIANCE ? 0 : sum / frames));
}

/** The measure of each neuron, between two bounds, which are the same where no groups had to be merged. */
interface Measured extends Pick<Ranked, 'grouping' | 'groups'>, VarianceBounds {
  /** Groups before merging, by frame. */
  readonly own: readonly number[];
}

function withMargins(measured: readonly Measured[], stream: RandomStream): Ranked[] {
  const resampled = bootstrapMedians(
    measured.flatMap(({ least, most }) => [least, most]),
    stream,
  );
  const ordered = measured
    .map(({ grouping, groups, own, least, most }, i) => ({
      one: { grouping, groups, least: median(least), most: median(most) },
      own: own.join(),
      least: resampled[2 * i],
      most: resampled[2 * i + 1],
    }))
    .sort((a, b) => middleOf(a.one) - middleOf(b.one));
  const tooFew = measured[0].least.length < FEWEST_NEURONS;
  // Bonferroni: an interval of each comparison of neighbours, which all hold together.
  const beyond = (1 - CONFIDENCE) / (measured.length - 1) / 2;
  return ordered.map(({ one, own, least, most }, place): Ranked => {
    if (place === 0) return one;
    const before = ordered[place - 1];
    // Of groupings that are merged alike the same bound is compared; of others what one has at least with what the other has at most.
    const pairs =
      own === before.own
        ? [
            { from: before.least, to: least },
            { from: before.most, to: most },
          ]
        : [
            { from: before.most, to: least },
            { from: before.least, to: most },
          ];
    const times = pairs.map(({ from, to }) => to.map((value, r) => value / from[r]));
    const isDefined = times.every((ratios) => ratios.every(Number.isFinite));
    const isAbove = pairs.every(
      ({ from, to }) =>
        quantile(
          to.map((value, r) => value - from[r]),
          beyond,
        ) > 0,
    );
    return {
      ...one,
      margin: {
        times: middleOf(one) / middleOf(before.one),
        low: isDefined ? Math.min(...times.map((ratios) => quantile(ratios, beyond))) : Number.NaN,
        high: isDefined ? Math.max(...times.map((ratios) => quantile(ratios, 1 - beyond))) : Number.NaN,
        tie: tooFew || isTie(middleOf(before.one), middleOf(one)) || !isAbove,
      },
    };
  });
}

/** The geometric mean of both bounds, which groupings are ordered by. */
const middleOf = ({ least, most }: Pick<Ranked, 'least' | 'most'>): number => Math.sqrt(least * most);

/**
 * Ranked groupings, those together of which each is tied with the next: their difference is within noise. Others of them are not
 * compared: the first and the last may differ.
 */
export function withTies(ranking: readonly Ranked[]): readonly (readonly Ranked[])[] {
  const places: Ranked[][] = [];
  for (const one of ranking) {
    if (one.margin?.tie) places[places.length - 1].push(one);
    else places.push([one]);
  }
  return places;
}
