import { type AnalysisContext, type LayerInfo, permutation, randomStream } from '@xinc/core';
import { median, quantile } from '../../numeric/averages.js';
import { bootstrapMedians } from '../../numeric/bootstrap-medians.js';
import { varianceOverGroups } from '../../numeric/equal-groups.js';
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
/** What rounding leaves of no variance, at most. */
const NO_VARIANCE = 1e-10;

/**
 * What groupings are ranked by. `spread`: sqrt(Σ_g (|g|/HW) δ_{n,g}²), how far a group's mean contribution is from the neuron's
 * mean, relative to that (standard deviation over pixels), with as many groups for every grouping. `published`: the variance
 * over groups as they are, in which a small group counts as much as a large one.
 */
export type Measure = 'spread' | 'published';

/**
 * How much more neurons depend on a grouping than on the one before: the ratio of their medians, and its interval, NaN where a
 * median of the other is zero.
 */
export interface Margin {
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
  /** Of the measure, over neurons. */
  readonly median: number;
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
  const comparable = measure === 'spread' ? items.filter(({ groups }) => groups <= MOST_GROUPS) : items;
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
  const measured = groupings.map((grouping) => {
    const parts = frames.map((ofFrame) => ofFrame.find((one) => one.grouping === grouping)!);
    const variances = meanOverFrames(neurons, parts, (part, some, f) =>
      measure === 'spread'
        ? weightedVariances(part, some, counts[f])
        : Float64Array.from(some, (n) => part.variances[n]),
    );
    return {
      grouping,
      groups: Math.min(...(measure === 'spread' ? counts : parts.map(({ groups }) => groups))),
      values: measure === 'spread' ? variances.map(Math.sqrt) : variances,
    };
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

const weightedVariances = ({ statistics, grouping, totals, sizes }: Measurement, neurons: Uint32Array, count: number) =>
  varianceOverGroups({ sums: statistics.groupSums[grouping], totals, sizes }, neurons, count);

/**
 * The mean of each neuron's variance over the frames on which it is live.
 * @param parts one grouping on each frame
 * @param variancesOf those of some neurons on a frame
 */
function meanOverFrames(
  neurons: Uint32Array,
  parts: readonly Measurement[],
  variancesOf: (part: Measurement, neurons: Uint32Array, frame: number) => Float64Array,
): Float64Array {
  const sums = new Float64Array(neurons.length);
  const frames = new Uint32Array(neurons.length);
  for (const [f, part] of parts.entries()) {
    const places = Uint32Array.from(neurons.keys()).filter((i) => part.totals[neurons[i]] > 0);
    const variances = variancesOf(
      part,
      places.map((i) => neurons[i]),
      f,
    );
    for (const [j, i] of places.entries()) {
      sums[i] += variances[j];
      frames[i]++;
    }
  }
  return sums.map((sum, i) => (sum / frames[i] < NO_VARIANCE ? 0 : sum / frames[i]));
}

interface Measured extends Pick<Ranked, 'grouping' | 'groups'> {
  /** Of each neuron. */
  readonly values: Float64Array;
}

function withMargins(measured: readonly Measured[], stream: ReturnType<typeof randomStream>): Ranked[] {
  const resampled = bootstrapMedians(
    measured.map(({ values }) => values),
    stream,
  );
  const ordered = measured
    .map(({ grouping, groups, values }, i) => ({
      grouping,
      groups,
      median: median(values),
      resampled: resampled[i],
      tooFew: values.length < FEWEST_NEURONS,
    }))
    .sort((a, b) => a.median - b.median);
  // Bonferroni: an interval of each comparison of neighbours, which all hold together.
  const beyond = (1 - CONFIDENCE) / (measured.length - 1) / 2;
  return ordered.map(({ grouping, groups, median: middle, resampled: after, tooFew }, place): Ranked => {
    const one = { grouping, groups, median: middle };
    if (place === 0) return one;
    const before = ordered[place - 1];
    const differences = after.map((value, r) => value - before.resampled[r]);
    const times = after.map((value, r) => value / before.resampled[r]);
    const isDefined = times.every(Number.isFinite);
    return {
      ...one,
      margin: {
        times: middle / before.median,
        low: isDefined ? quantile(times, beyond) : Number.NaN,
        high: isDefined ? quantile(times, 1 - beyond) : Number.NaN,
        tie: tooFew || isTie(before.median, middle) || !(quantile(differences, beyond) > 0),
      },
    };
  });
}

/** Ranked groupings, those together that are tied: one is tied with the next where their difference is within noise. */
export function withTies(ranking: readonly Ranked[]): readonly (readonly Ranked[])[] {
  const places: Ranked[][] = [];
  for (const one of ranking) {
    if (one.margin?.tie) places[places.length - 1].push(one);
    else places.push([one]);
  }
  return places;
}
