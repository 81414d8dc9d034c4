import { type ChartFigure, defineAnalysis, percent, type SignalShape, type Table } from '@xinc/core';
import { z } from 'zod';
import { curvePerLayer, percentage } from '../drawing/chart.js';
import { sortedCurve } from '../drawing/curve.js';
import { mean, median, quantile } from '../numeric/averages.js';
import { FRAME_COLUMN, LAYER_COLUMN } from '../scope/columns.js';
import { drawnFramesOption, figureOfFrame, framesToDraw, frameWords, meanWords } from '../scope/frames.js';
import { inLayers } from '../scope/in-layers.js';
import { byLayer, type LiveLayer, liveLayers } from '../scope/live-layers.js';

const options = z.object({ drawnFrames: drawnFramesOption });

/**
 * For each neuron the number of pixels where it contributes more than its even share, #{p : a_n(p) > T(p)/N} with
 * T(p) = Σ_n a_n(p) (paper figures 6 and 15; method §5).
 */
export const pixelsPerNeuron = defineAnalysis<z.output<typeof options>>({
  kind: 'analysis',
  name: 'pixels-per-neuron',
  title: 'How many pixels a neuron paints',
  description:
    'On how many pixels each neuron contributes more than the average neuron of its layer (paper figures 6 and 15).',
  options,
  request: () => ({ neuronTotals: true, pixelsPerNeuron: true }),
  analyze({ drawnFrames }, context) {
    const { live, omissions } = liveLayers(context);
    const { drawn, notes } = framesToDraw(context, drawnFrames);
    const pixels = context.signal.height * context.signal.width;
    const layers = byLayer(live);
    const shares = layers.map(({ layer, items }) => ({
      layer,
      words: percent(mean(items.map((one) => median(liveShares(one, pixels))))),
    }));
    return {
      findings: [
        `The median live neuron contributes more than the average neuron of its layer on ${inLayers(shares, 'of the pixels')}${meanWords(layers)}.`,
      ],
      tables: [tableOf(live, pixels)],
      arrays: live.map(({ layer, frame, statistics }) => ({
        name: 'pixels',
        frame,
        layer: layer.id,
        shape: [layer.neurons],
        data: statistics.pixelsPerNeuron!,
      })),
      figures: drawn.flatMap((frame) => {
        const ofFrame = live.filter((one) => one.frame === frame);
        return ofFrame.length > 0 ? [figureOf(ofFrame, pixels, frame, context.signal)] : [];
      }),
      omissions,
      notes,
    };
  },
});

/** Share of the pixels each live neuron paints. */
const liveShares = ({ statistics, census }: LiveLayer, pixels: number): Float64Array =>
  Float64Array.from(census.live, (n) => statistics.pixelsPerNeuron![n] / pixels);

function tableOf(live: readonly LiveLayer[], pixels: number): Table {
  return {
    name: 'pixels-per-neuron',
    title: 'Pixels on which live neurons contribute more than the average neuron of their layer',
    columns: [
      FRAME_COLUMN,
      LAYER_COLUMN,
      { name: 'live', unit: 'neurons', description: 'Live neurons' },
      { name: 'lower_quartile', unit: 'pixels', description: 'Lower quartile over live neurons' },
      { name: 'median', unit: 'pixels', description: 'Median over live neurons' },
      { name: 'upper_quartile', unit: 'pixels', description: 'Upper quartile over live neurons' },
      { name: 'median_share', unit: 'fraction', description: "Median as a share of the frame's pixels" },
    ],
    rows: live.map((one) => {
      const shares = liveShares(one, pixels);
      const [lower, middle, upper] = [0.25, 0.5, 0.75].map((q) => quantile(shares, q));
      return [one.frame, one.layer.id, shares.length, lower * pixels, middle * pixels, upper * pixels, middle];
    }),
  };
}

function figureOf(layers: readonly LiveLayer[], pixels: number, frame: number, signal: SignalShape): ChartFigure {
  const values = layers.flatMap((one) =>
    sortedCurve(liveShares(one, pixels)).map(({ percent: rank, value }) => ({
      layer: one.layer.label,
      percent: rank,
      pixels: 100 * value,
    })),
  );
  return {
    kind: 'chart',
    ...figureOfFrame(signal, 'pixels-per-neuron', frame),
    title: `Pixels per neuron${frameWords(signal, frame)}`,
    caption:
      'The live neurons of each layer sorted by the part of the pixels on which they contribute more than the average neuron, a(p) > T(p)/N. Where a curve is low, neurons are specialists of few pixels.',
    spec: curvePerLayer(
      layers.map(({ layer }) => layer),
      values,
      {
        x: percentage('percent', 'Neurons, sorted (% of live)'),
        y: percentage('pixels', 'Pixels above the average neuron (% of frame)'),
      },
    ),
  };
}
