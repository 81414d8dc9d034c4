import {
  type AnalysisContext,
  type ChartFigure,
  countNanPixels,
  defineAnalysis,
  type Frame,
  type LayerInfo,
  type NamedArray,
  type RasterFigure,
  type RasterPanel,
  type SignalShape,
  type Table,
} from '@xinc/core';
import { z } from 'zod';
import { curvePerLayer, logarithmic, percentage } from '../drawing/chart.js';
import { sortedCurve } from '../drawing/curve.js';
import { displayRange } from '../drawing/display-range.js';
import { mean, sum } from '../numeric/averages.js';
import { spread } from '../numeric/spread.js';
import { thumbnail } from '../numeric/thumbnail.js';
import { drawnFramesOption, figureOfFrame, framesToDraw, frameWords } from '../scope/frames.js';
import { byLayer, type LiveLayer, liveLayers } from '../scope/live-layers.js';
import { inWords, listed, percent, whole } from '../wording.js';

const options = z.object({
  neurons: z.int().min(1).max(400).default(24).describe('Contribution maps to show of each layer'),
  clip: z
    .number()
    .gt(0)
    .max(100)
    .default(97)
    .describe('Percentile of |c| over the maps shown that the colour scale ends at'),
  drawnFrames: drawnFramesOption,
});
type Options = z.output<typeof options>;

const MAP_PIXELS = 2 ** 15;
const TOTAL_PIXELS = 2 ** 18;
/** Values of full-size maps asked for at once. */
const MAP_BATCH = 2 ** 22;

/**
 * The implicit neural canvas itself: contribution maps of a spread of neurons, the totals A_n = Σ_p |c_n(p)| per neuron
 * and T(p) = Σ_n |c_n(p)| per pixel (paper figures 3 and 11; method §5).
 */
export const canvas = defineAnalysis<Options>({
  kind: 'analysis',
  name: 'canvas',
  title: 'The canvas',
  description:
    'What each neuron paints: contribution maps and their totals per neuron and per pixel (paper figures 3 and 11).',
  options,
  request: () => ({ neuronTotals: true, pixelTotals: true }),
  async analyze(chosen, context) {
    const { live, omissions } = liveLayers(context);
    const { drawn, notes } = framesToDraw(context, chosen.drawnFrames);
    const shown = new Map(context.layers.map((layer) => [layer.id, shownNeurons(live, layer, chosen.neurons)]));
    const figures = [];
    const scales: Record<string, number> = {};
    for (const frame of drawn) {
      const ofFrame = live.filter((layer) => layer.frame === frame);
      for (const { layer } of ofFrame) {
        const mosaic = await mosaicOf(layer, frame, shown.get(layer.id)!, chosen, context);
        figures.push(mosaic);
        scales[mosaic.name] = mosaic.scale!.domain[1];
      }
      if (ofFrame.length > 0) {
        figures.push(
          await pixelTotalsFigure(ofFrame, frame, context, omissions),
          neuronTotalsFigure(ofFrame, frame, context),
        );
      }
    }
    return {
      findings: findings(live),
      tables: [layerTable(live, context.signal)],
      arrays: context.layers.flatMap((layer) => context.frames.flatMap((frame) => arraysOf(layer, frame, context))),
      figures,
      values: { shownNeurons: Object.fromEntries([...shown].map(([id, neurons]) => [id, [...neurons]])), scales },
      omissions,
      notes,
    };
  },
});

/**
 * Neurons at evenly spaced ranks of the live ones by total contribution over all frames, strongest first. The strongest
 * and the weakest are among them.
 */
function shownNeurons(live: readonly LiveLayer[], layer: LayerInfo, limit: number): number[] {
  const sums = new Float64Array(layer.neurons);
  for (const { totals } of live.filter((other) => other.layer.id === layer.id)) {
    for (let n = 0; n < sums.length; n++) sums[n] += totals[n];
  }
  const ranked = [...sums.keys()].filter((n) => sums[n] > 0).sort((a, b) => sums[b] - sums[a] || a - b);
  return spread(ranked, limit);
}

async function mosaicOf(
  layer: LayerInfo,
  frame: number,
  neurons: readonly number[],
  chosen: Options,
  context: AnalysisContext,
): Promise<RasterFigure & { readonly scale: NonNullable<RasterFigure['scale']> }> {
  const { height, width } = context.signal;
  const planes = [];
  const batch = Math.max(1, Math.floor(MAP_BATCH / (height * width)));
  for (let from = 0; from < neurons.length; from += batch) {
    const some = neurons.slice(from, from + batch);
    const maps = (await context.maps(layer.id, frame, some)).map(Math.abs);
    for (let i = 0; i < some.length; i++) {
      const map = maps.subarray(i * height * width, (i + 1) * height * width);
      planes.push(thumbnail(map, height, width, MAP_PIXELS));
    }
  }
  const magnitudes = new Float32Array(planes.reduce((length, plane) => length + plane.values.length, 0));
  for (const [i, plane] of planes.entries()) magnitudes.set(plane.values, i * plane.values.length);
  const [, brightest] = displayRange(magnitudes, 0, chosen.clip);
  return {
    kind: 'raster',
    ...figureOfFrame(context.signal, `maps-${layer.id}`, frame),
    title: `${layer.label}: contribution maps${frameWords(context.signal, frame)}`,
    caption: `|c| of ${neurons.length} of ${whole(layer.neurons)} neurons at evenly spaced ranks by total contribution, strongest first. All maps share one scale, from 0 to ${inWords(brightest)} (percentile ${chosen.clip} of the values shown).`,
    columns: 8,
    scale: { map: 'sequential', domain: [0, brightest], label: '|c|, contribution' },
    panels: planes.map((plane, i) => ({
      title: `neuron ${neurons[i]}`,
      height: plane.height,
      width: plane.width,
      pixels: { kind: 'values', values: plane.values },
    })),
  };
}

async function pixelTotalsFigure(
  layers: readonly LiveLayer[],
  frame: number,
  context: AnalysisContext,
  omissions: string[],
): Promise<RasterFigure> {
  const { height, width } = context.signal;
  const picture = (title: string, { rgb, ...size }: Frame): RasterPanel => ({
    title,
    height: size.height,
    width: size.width,
    pixels: { kind: 'rgb', rgb },
  });
  const reconstruction = await context.reconstruction(frame);
  const nan = countNanPixels(reconstruction);
  if (nan > 0) {
    const where = frameWords(context.signal, frame);
    omissions.push(
      `The reconstruction${where} was not drawn: ${whole(nan)} of its ${whole(height * width)} pixels are NaN (check the weights).`,
    );
  }
  const totals = layers.map(({ layer, statistics }): RasterPanel => {
    const plane = thumbnail(statistics.pixelTotals!, height, width, TOTAL_PIXELS);
    return {
      title: layer.label,
      height: plane.height,
      width: plane.width,
      pixels: {
        kind: 'values',
        values: plane.values,
        scale: { map: 'sequential', domain: displayRange(plane.values, 0.5, 99.5), label: 'T(p), summed |c|' },
      },
    };
  });
  return {
    kind: 'raster',
    ...figureOfFrame(context.signal, 'pixel-totals', frame),
    title: `Total contribution per pixel${frameWords(context.signal, frame)}`,
    caption:
      'T(p), the contributions |c| of all neurons of a layer summed at each pixel, beside the picture. Each layer has its own scale, from percentile 0.5 to 99.5.',
    panels: [
      picture('signal', await context.signalFrame(frame)),
      ...(nan === 0 ? [picture('reconstruction', reconstruction)] : []),
      ...totals,
    ],
  };
}

function neuronTotalsFigure(layers: readonly LiveLayer[], frame: number, context: AnalysisContext): ChartFigure {
  const pixels = context.signal.height * context.signal.width;
  const values = layers.flatMap(({ layer, totals, census }) =>
    sortedCurve(Float64Array.from(census.live, (n) => totals[n] / pixels)).map(({ percent, value }) => ({
      layer: layer.label,
      percent,
      mean: value,
    })),
  );
  return {
    kind: 'chart',
    ...figureOfFrame(context.signal, 'neuron-totals', frame),
    title: `Total contribution per neuron${frameWords(context.signal, frame)}`,
    caption:
      'The live neurons of each layer sorted by their mean contribution per pixel, Aₙ/HW. A flat curve shares the work evenly; a steep right end means that few neurons carry it.',
    spec: curvePerLayer(
      layers.map(({ layer }) => layer),
      values,
      { x: percentage('percent', 'Neurons, sorted (% of live)'), y: logarithmic('mean', 'Mean |c| per pixel') },
    ),
  };
}

/** Share of the layer's total that its strongest tenth of live neurons carries. */
function strongestTenth({ totals, census }: LiveLayer): number {
  const sorted = Float64Array.from(census.live, (n) => totals[n])
    .sort()
    .reverse();
  const tenth = sorted.subarray(0, Math.ceil(sorted.length / 10));
  return sum(tenth) / sum(sorted);
}

function layerTable(live: readonly LiveLayer[], { height, width }: SignalShape): Table {
  return {
    name: 'layers',
    title: 'Contribution of each layer',
    columns: [
      { name: 'frame', description: 'Frame index' },
      { name: 'layer', description: 'Layer' },
      { name: 'neurons', unit: 'neurons', description: 'Neurons of the layer' },
      { name: 'dead', unit: 'neurons', description: 'Neurons that contribute nothing to this frame' },
      { name: 'mean_contribution', unit: '|c|', description: 'Mean |c| per neuron and pixel' },
      { name: 'largest_contribution', unit: '|c|', description: 'Largest |c| of any neuron at any pixel' },
      {
        name: 'strongest_neuron',
        description: 'Index of the neuron with the largest total, the first of those that have it',
      },
      { name: 'strongest_share', unit: 'of 1', description: "Its share of the layer's total" },
      { name: 'strongest_tenth_share', unit: 'of 1', description: 'Share of the strongest tenth of live neurons' },
    ],
    rows: live.map((one) => {
      const total = sum(one.totals);
      const strongest = one.totals.indexOf(one.totals.reduce((a, b) => Math.max(a, b)));
      return [
        one.frame,
        one.layer.id,
        one.totals.length,
        one.census.dead,
        total / (one.totals.length * height * width),
        one.statistics.neuronTotals!.max.reduce((a, b) => Math.max(a, b)),
        strongest,
        one.totals[strongest] / total,
        strongestTenth(one),
      ];
    }),
  };
}

function findings(live: readonly LiveLayer[]): string[] {
  const layers = byLayer(live);
  const several = layers.some(({ items }) => items.length > 1);
  const shares = layers.map(({ layer, items }) => {
    const fewest = Math.min(...items.map(({ census }) => census.live.length));
    const few = fewest < 10 ? ` (one of ${fewest})` : '';
    return `${percent(mean(items.map(strongestTenth)))} in ${layer.id}${few}`;
  });
  const dead = layers.flatMap(({ layer, items }) => {
    const count = mean(items.map((one) => one.census.dead));
    return count > 0 ? [`${inWords(count)} of ${whole(layer.neurons)} in ${layer.id}`] : [];
  });
  return [
    `Share of the contribution that the strongest tenth of the live neurons carries: ${listed(shares)}.`,
    dead.length > 0
      ? `Dead neurons${several ? ', mean over frames' : ''}: ${listed(dead)}.`
      : 'No layer shown has dead neurons.',
  ];
}

function arraysOf(layer: LayerInfo, frame: number, context: AnalysisContext): NamedArray[] {
  const { neuronTotals, pixelTotals } = context.statistics(layer.id, frame);
  const { height, width } = context.signal;
  return [
    { name: 'neuron_abs_sum', frame, layer: layer.id, shape: [layer.neurons], data: neuronTotals!.sum },
    { name: 'pixel_abs_sum', frame, layer: layer.id, shape: [height, width], data: pixelTotals! },
  ];
}
