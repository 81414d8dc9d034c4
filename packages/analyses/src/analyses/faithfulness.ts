import {
  type AnalysisContext,
  type ChartFigure,
  defineAnalysis,
  permutation,
  type RasterFigure,
  randomStream,
  type Table,
  throwIfAborted,
  XincError,
} from '@xinc/core';
import { z } from 'zod';
import { chart, colorEncoding } from '../drawing/chart.js';
import { mean, quantile, sum } from '../numeric/averages.js';
import { spearman } from '../numeric/correlation.js';
import { DISPLAY_PERCENTILE, forDisplay } from '../numeric/scaled.js';
import { scattered } from '../numeric/spread.js';
import { thumbnail } from '../numeric/thumbnail.js';
import { figureOfFrame, frameWords } from '../scope/frames.js';
import { type LiveLayer, liveLayers } from '../scope/live-layers.js';
import { orWhyNot } from '../scope/or-why-not.js';
import { inWords, listed, whole } from '../wording.js';

const options = z.object({
  neurons: z.int().min(1).max(5000).default(24).describe('Neurons to switch off in each layer, drawn at random'),
  frame: z.int().min(0).optional().describe('Frame of a video; by default the first one analysed'),
  confidence: z.number().min(0.5).max(0.999).default(0.95).describe('Confidence of the intervals'),
});
type Options = z.output<typeof options>;

/** Pixels that correlations are computed from. */
const CORRELATED_PIXELS = 2 ** 15;
const RESAMPLES = 1000;
const MAP_PIXELS = 2 ** 15;
/** Seconds that running a network takes per pixel, about. */
const SECONDS_PER_PIXEL = 1.5e-6;
const PATIENCE = 120;

/** A neuron switched off. */
interface Ablated {
  readonly neuron: number;
  /** A_n */
  readonly total: number;
  /** Mean over pixels of Σ_rgb |f(p) − f₋ₙ(p)| */
  readonly effect: number;
  /** Spearman's correlation over pixels of a_n(p) with that change; NaN where it is the same everywhere. */
  readonly correlation: number;
}

interface Tested {
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
interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Whether contributions say what neurons do: a neuron is switched off, the network run without it, and the change of the
 * picture at each pixel compared with a_n(p) by rank (method §6; not in the paper).
 */
export const faithfulness = defineAnalysis<Options>({
  kind: 'analysis',
  name: 'faithfulness',
  title: 'Faithfulness',
  description: 'Whether switching a neuron off changes the picture where its contribution is large.',
  options,
  tooLong({ neurons }, { layers, signal }) {
    const runs = layers.reduce((total, layer) => total + Math.min(neurons, layer.neurons), 0);
    const seconds = runs * signal.height * signal.width * SECONDS_PER_PIXEL;
    return seconds > PATIENCE
      ? `running the network ${runs} times on ${signal.height}×${signal.width} pixels takes about ${Math.round(seconds / 60)} minutes`
      : undefined;
  },
  request: () => ({ neuronTotals: true }),
  async analyze(chosen, context) {
    const ablate = context.ablate?.bind(context);
    if (!ablate) {
      throw new XincError('unsupported', 'This run cannot switch single neurons off', {
        subject: 'faithfulness',
        hint: 'Faithfulness needs it.',
      });
    }
    const frame = chosen.frame ?? context.frames[0];
    if (!context.frames.includes(frame)) {
      throw new XincError('not-found', `Frame ${frame} is not among those analysed`, {
        subject: 'frame',
        hint: 'Choose frames with --frames.',
      });
    }
    const { live, omissions } = liveLayers(context, [frame]);
    await demandFinitePicture(live[0], ablate);
    const tested: Tested[] = [];
    const figures = [];
    for (const [i, one] of live.entries()) {
      const report = (share: number) =>
        context.progress?.(`switching off neurons of ${one.layer.id}`, (i + share) / live.length);
      const ablated = await orWhyNot(one.layer.id, () =>
        switchOffSome(one, chosen.neurons, ablate, context, report, omissions),
      );
      if (typeof ablated === 'string') {
        omissions.push(ablated);
        continue;
      }
      const result = summarize(one, ablated, chosen.confidence, context.seed);
      if (Number.isNaN(result.average)) {
        omissions.push(`${one.layer.id} was left out: ${whyNothing(ablated)}.`);
        continue;
      }
      tested.push(result);
      figures.push(await exampleFigure(result, frame, ablate, context));
    }
    if (tested.length === 0) {
      throw new XincError('numeric', `No layer could be tested: ${omissions.join(' ')}`, { subject: 'faithfulness' });
    }
    const others = context.frames.length - 1;
    if (others > 0) omissions.push(`Neurons were switched off on frame ${frame} only, of ${others + 1} analysed.`);
    return {
      findings: findings(tested, chosen.confidence),
      tables: [tableOf(tested, frame, chosen.confidence)],
      arrays: tested.flatMap(({ one: { layer }, ablated }) => {
        const of = { frame, layer: layer.id, shape: [ablated.length] };
        return [
          { ...of, name: 'neurons', data: Int32Array.from(ablated, ({ neuron }) => neuron) },
          { ...of, name: 'rank_correlation', data: Float64Array.from(ablated, ({ correlation }) => correlation) },
          { ...of, name: 'effect', data: Float64Array.from(ablated, ({ effect }) => effect) },
        ];
      }),
      figures: [correlationFigure(tested, frame, chosen.confidence, context), ...figures],
      values: {
        frame,
        rankCorrelation: Object.fromEntries(tested.map(({ one, average }) => [one.layer.id, average])),
      },
      omissions,
    };
  },
});

type Ablate = NonNullable<AnalysisContext['ablate']>;

/** A picture without a value has no change. @throws XincError `numeric` */
async function demandFinitePicture({ layer, frame }: LiveLayer, ablate: Ablate): Promise<void> {
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
const whyNothing = (ablated: readonly Ablated[]): string =>
  ablated.length === 0
    ? 'no picture without one of its neurons is finite numbers'
    : ablated.every(({ effect }) => effect === 0)
      ? 'switching off its neurons changes nothing'
      : 'contributions or changes are the same on every pixel';

async function switchOffSome(
  { layer, totals, census, frame }: LiveLayer,
  limit: number,
  ablate: Ablate,
  context: AnalysisContext,
  report: (share: number) => void,
  omissions: string[],
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
  for (const [i, neuron] of chosen.entries()) {
    throwIfAborted(context.signalAborted);
    const change = changeOf(unchanged, (await ablate(layer.id, frame, [neuron])).rgb);
    const effect = mean(change);
    if (Number.isFinite(effect)) {
      const map = await context.maps(layer.id, frame, [neuron]);
      const contribution = Float64Array.from(sample, (p) => Math.abs(map[p]));
      const correlation = spearman(
        contribution,
        Float64Array.from(sample, (p) => change[p]),
      );
      ablated.push({ neuron, total: totals[neuron], effect, correlation });
    } else broken++;
    report((i + 1) / chosen.length);
  }
  if (broken > 0) {
    omissions.push(
      `${layer.id}: ${broken} of ${chosen.length} neurons were left out, the picture without them is NaN or infinite.`,
    );
  }
  return ablated;
}

/** Σ_rgb |f(p) − f₋ₙ(p)|, [H·W]. */
const changeOf = (whole: Float32Array, without: Float32Array): Float32Array =>
  Float32Array.from({ length: whole.length / 3 }, (_, p) =>
    [0, 1, 2].reduce((total, channel) => total + Math.abs(whole[3 * p + channel] - without[3 * p + channel]), 0),
  );

function summarize(one: LiveLayer, ablated: readonly Ablated[], confidence: number, seed: number): Tested {
  const correlated = ablated.filter(({ correlation }) => Number.isFinite(correlation));
  const overNeuronsOf = (some: readonly Ablated[]) =>
    spearman(
      some.map(({ total }) => total),
      some.map(({ effect }) => effect),
    );
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

function inWordsWith(value: number, { low, high }: Interval): string {
  return Number.isFinite(low) ? `${inWords(value)} (${inWords(low)} to ${inWords(high)})` : inWords(value);
}

function findings(tested: readonly Tested[], confidence: number): string[] {
  const words = tested.map(({ one, average, interval }) => `${inWordsWith(average, interval)} in ${one.layer.id}`);
  return [
    `Rank correlation over pixels of a neuron's contribution with how the picture changes without it, mean over sampled neurons with ${inWords(100 * confidence)} % interval: ${listed(words)}.`,
  ];
}

function tableOf(tested: readonly Tested[], frame: number, confidence: number): Table {
  const interval = `${inWords(100 * confidence)} % interval (bootstrap over neurons)`;
  return {
    name: 'faithfulness',
    title: 'Contribution against the effect of switching a neuron off',
    columns: [
      { name: 'frame', description: 'Frame index' },
      { name: 'layer', description: 'Layer' },
      { name: 'sampled', unit: 'neurons', description: 'Neurons switched off, one at a time' },
      { name: 'without_effect', unit: 'neurons', description: 'Of these, neurons without which nothing changes' },
      {
        name: 'rank_correlation',
        unit: '−1 … 1',
        description: 'Mean over neurons of the rank correlation over pixels',
      },
      { name: 'low', unit: '−1 … 1', description: `Lower end of its ${interval}` },
      { name: 'high', unit: '−1 … 1', description: `Upper end of its ${interval}` },
      {
        name: 'over_neurons',
        unit: '−1 … 1',
        description: 'Rank correlation over neurons of total contribution with mean change',
      },
      { name: 'over_neurons_low', unit: '−1 … 1', description: `Lower end of its ${interval}` },
      { name: 'over_neurons_high', unit: '−1 … 1', description: `Upper end of its ${interval}` },
      {
        name: 'mean_effect',
        unit: 'of 1',
        description: 'Mean over neurons and pixels of the change, summed over R, G, B',
      },
    ],
    rows: tested.map(({ one, ablated, average, interval: over, overNeurons, overNeuronsInterval }) => [
      frame,
      one.layer.id,
      ablated.length,
      ablated.filter(({ effect }) => effect === 0).length,
      average,
      over.low,
      over.high,
      overNeurons,
      overNeuronsInterval.low,
      overNeuronsInterval.high,
      sum(ablated.map(({ effect }) => effect)) / ablated.length,
    ]),
  };
}

function correlationFigure(
  tested: readonly Tested[],
  frame: number,
  confidence: number,
  { signal }: AnalysisContext,
): ChartFigure {
  const neurons = tested.flatMap(({ one, ablated }) =>
    ablated.flatMap(({ neuron, correlation }) =>
      Number.isFinite(correlation)
        ? [{ layer: one.layer.label, neuron, correlation: Number(correlation.toFixed(4)) }]
        : [],
    ),
  );
  const averages = tested.map(({ one, average, interval: { low, high } }) => ({
    layer: one.layer.label,
    average,
    low: Number.isFinite(low) ? low : average,
    high: Number.isFinite(high) ? high : average,
  }));
  const names = tested.map(({ one }) => one.layer.label);
  const y = { field: 'layer', type: 'nominal', title: null, sort: names };
  const x = (field: string) => ({ field, type: 'quantitative', title: 'Rank correlation of |c| with the change' });
  const color = colorEncoding('layer', 'Layer', names);
  const quiet = { ...color, legend: null };
  const isAverage = { filter: 'isValid(datum.average)' };
  return {
    kind: 'chart',
    ...figureOfFrame(signal, 'rank-correlation', frame),
    title: `Contribution against effect${frameWords(signal, frame)}`,
    caption: `Each tick is a neuron: the rank correlation over pixels of its |c| with the change of the picture when it is switched off. Points are means, lines their ${inWords(100 * confidence)} % intervals. Near 1, contributions show where a neuron matters; near 0, they do not.`,
    spec: chart([...neurons, ...averages], {
      width: 420,
      height: { step: 44 },
      layer: [
        {
          transform: [{ filter: 'isValid(datum.correlation)' }],
          mark: { type: 'tick', opacity: 1, fillOpacity: 0.5, tooltip: true },
          encoding: { y, x: x('correlation'), color: quiet },
        },
        {
          transform: [isAverage],
          mark: { type: 'rule', strokeWidth: 3 },
          encoding: { y, x: x('low'), x2: { field: 'high' }, color: quiet },
        },
        {
          transform: [isAverage],
          mark: { type: 'point', filled: true, size: 110, opacity: 1, tooltip: true },
          encoding: { y, x: x('average'), color: quiet },
        },
      ],
    }),
  };
}

/** The strongest neuron switched off: its contribution beside the change of the picture. */
async function exampleFigure(
  { one: { layer }, ablated }: Tested,
  frame: number,
  ablate: Ablate,
  context: AnalysisContext,
): Promise<RasterFigure> {
  const { height, width } = context.signal;
  const { neuron, correlation } = ablated.reduce((a, b) => (b.total > a.total ? b : a));
  const map = (await context.maps(layer.id, frame, [neuron])).map(Math.abs);
  const { rgb: unchanged } = await ablate(layer.id, frame, []);
  const change = changeOf(unchanged, (await ablate(layer.id, frame, [neuron])).rgb);
  const panel = (title: string, values: Float32Array) => {
    const plane = thumbnail(forDisplay(values), height, width, MAP_PIXELS);
    return {
      title,
      height: plane.height,
      width: plane.width,
      pixels: { kind: 'values' as const, values: plane.values },
    };
  };
  const words = Number.isFinite(correlation) ? `, rank correlation ${inWords(correlation)}` : '';
  return {
    kind: 'raster',
    ...figureOfFrame(context.signal, `effect-${layer.id}`, frame),
    title: `${layer.label}: neuron ${neuron} and the picture without it${frameWords(context.signal, frame)}`,
    caption: `The strongest of the neurons switched off: its contribution, and how much each pixel changes without it${words}. Each has its own scale, from its smallest value to its percentile ${DISPLAY_PERCENTILE}.`,
    scale: { map: 'sequential', domain: [0, 1], label: 'scaled to 0 … 1' },
    panels: [panel('|c|, contribution', map), panel('change without it', change)],
  };
}
