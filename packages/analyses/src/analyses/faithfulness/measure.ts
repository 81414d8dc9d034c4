import {
  type AnalysisContext,
  type LayerInfo,
  type Omission,
  permutation,
  randomStream,
  throwIfAborted,
  whole,
  XincError,
} from '@xinc/core';
import { mean, quantile } from '../../numeric/averages.js';
import { ranked, spearman } from '../../numeric/correlation.js';
import { scattered } from '../../numeric/spread.js';
import { eachMap } from '../../scope/each-map.js';
import type { LiveLayer } from '../../scope/live-layers.js';

/** Pixels that correlations are computed from. */
const CORRELATED_PIXELS = 2 ** 15;
const RESAMPLES = 1000;

export type Ablate = NonNullable<AnalysisContext['ablate']>;

/** A neuron switched off. */
export interface Ablated {
  readonly neuron: number;
  /** A_n */
  readonly total: number;
  /** Mean over pixels of Σ_rgb |f(p) − f₋ₙ(p)| */
  readonly effect: number;
  /** Spearman's correlation over pixels of a_n(p) with that change; NaN where it is the same everywhere. */
  readonly correlation: number;
}

export interface Tested {
  readonly one: LiveLayer;
  readonly ablated: readonly Ablated[];
  /** Mean rank correlation over the neurons that have one, and its interval. */
  readonly average: number;
  readonly interval: Interval;
  /** Rank correlation over neurons of A_n with the effect, and its interval. */
  readonly overNeurons: number;
  readonly overNeuronsInterval: Interval;
}

/** NaN where there are too few values. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A picture without a value has no change. @throws XincError `numeric` */
export async function demandFinitePicture({ layer, frame }: LiveLayer, ablate: Ablate): Promise<void> {
  const { rgb } = await ablate(layer.id, frame, []);
  const pixels = rgb.length / 3;
  const broken = Array.from({ length: pixels }, (_, p) => rgb.subarray(3 * p, 3 * p + 3)).filter(
    (pixel) => !pixel.every(Number.isFinite),
  ).length;
  if (broken === 0) return;
  throw new XincError(
    'numeric',
    `${whole(broken)} of the ${whole(pixels)} pixels that the network draws are NaN or infinite, so no change of them can be measured`,
    { subject: 'faithfulness', hint: 'Check the weights.' },
  );
}

/** Why no neuron switched off has a rank correlation. */
export const whyNothing = (ablated: readonly Ablated[]): string =>
  ablated.length === 0
    ? 'no picture without one of its neurons is finite numbers'
    : ablated.every(({ effect }) => effect === 0)
      ? 'switching off its neurons changes nothing'
      : 'contributions or changes are the same on every pixel';

/**
 * Switches off some live neurons of a layer, drawn at random, one at a time. Those without which the picture is not finite are
 * left out.
 * @param limit how many
 * @param report told the share that is done, 0 … 1
 */
export async function switchOffSome(
  { layer, totals, census, frame }: LiveLayer,
  limit: number,
  ablate: Ablate,
  context: AnalysisContext,
  report: (share: number) => void,
  omissions: Omission[],
): Promise<Ablated[]> {
  const order = permutation(census.live.length, randomStream(context.seed, `faithfulness ${layer.id}`));
  const chosen = order
    .subarray(0, limit)
    .map((i) => census.live[i])
    .sort();
  const { rgb: unchanged } = await ablate(layer.id, frame, []);
  const sample = scattered(unchanged.length / 3, CORRELATED_PIXELS);
  const ablated: Ablated[] = [];
  let broken = 0;
  let done = 0;
  for await (const map of eachMap(context, layer.id, frame, [...chosen])) {
    const neuron = chosen[done++];
    throwIfAborted(context.signalAborted);
    const change = changeOf(unchanged, (await ablate(layer.id, frame, [neuron])).rgb);
    const effect = mean(change);
    if (Number.isFinite(effect)) {
      const contribution = Float64Array.from(sample, (p) => map[p]);
      const changes = Float64Array.from(sample, (p) => change[p]);
      const correlation = spearman(ranked(contribution), ranked(changes));
      ablated.push({ neuron, total: totals[neuron], effect, correlation });
    } else broken++;
    report(done / chosen.length);
  }
  if (broken > 0) {
    omissions.push({
      why: `${layer.id}: ${broken} of ${chosen.length} neurons were left out, the picture without them is NaN or infinite.`,
    });
  }
  return ablated;
}

/** Σ_rgb |f(p) − f₋ₙ(p)|, [H·W]. */
const changeOf = (whole: Float32Array, without: Float32Array): Float32Array =>
  Float32Array.from({ length: whole.length / 3 }, (_, p) =>
    [0, 1, 2].reduce((total, channel) => total + Math.abs(whole[3 * p + channel] - without[3 * p + channel]), 0),
  );

export function summarize(one: LiveLayer, ablated: readonly Ablated[], confidence: number, seed: number): Tested {
  const correlated = ablated.filter(({ correlation }) => Number.isFinite(correlation));
  const overNeuronsOf = (some: readonly Ablated[]) =>
    spearman(ranked(some.map(({ total }) => total)), ranked(some.map(({ effect }) => effect)));
  const averageOf = (some: readonly Ablated[]) => mean(some.map(({ correlation }) => correlation));
  const stream = (name: string) => randomStream(seed, `${name} ${one.layer.id}`);
  return {
    one,
    ablated,
    average: averageOf(correlated),
    interval: bootstrap(correlated, averageOf, confidence, stream('over pixels')),
    overNeurons: overNeuronsOf(ablated),
    overNeuronsInterval: bootstrap(ablated, overNeuronsOf, confidence, stream('over neurons')),
  };
}

/** Percentile interval over resamples with replacement (Efron 1979); NaN for fewer than three values. */
function bootstrap<T>(
  values: readonly T[],
  statistic: (some: readonly T[]) => number,
  confidence: number,
  stream: ReturnType<typeof randomStream>,
): Interval {
  if (values.length < 3) return { low: Number.NaN, high: Number.NaN };
  const statistics = Float64Array.from({ length: RESAMPLES }, () =>
    statistic(values.map(() => values[stream.integer(values.length)])),
  );
  return { low: quantile(statistics, (1 - confidence) / 2), high: quantile(statistics, (1 + confidence) / 2) };
}

/** A neuron's contribution beside the change of the picture without it. */
export interface Example {
  readonly layer: LayerInfo;
  readonly ablated: Ablated;
  /** a_n(p), [H·W] */
  readonly contribution: Float32Array;
  /** Σ_rgb |f(p) − f₋ₙ(p)|, [H·W] */
  readonly change: Float32Array;
}

/** Measures the strongest neuron switched off, pixel by pixel. */
export async function measureExample(
  { one: { layer }, ablated }: Tested,
  frame: number,
  ablate: Ablate,
  context: AnalysisContext,
): Promise<Example> {
  const strongest = ablated.reduce((a, b) => (b.total > a.total ? b : a));
  const contribution = (await context.maps(layer.id, frame, [strongest.neuron])).map(Math.abs);
  const { rgb: unchanged } = await ablate(layer.id, frame, []);
  const change = changeOf(unchanged, (await ablate(layer.id, frame, [strongest.neuron])).rgb);
  return { layer, ablated: strongest, contribution, change };
}
