import {
  type ChartFigure,
  defineAnalysis,
  type NamedArray,
  percent,
  type SignalShape,
  type Table,
  type Threshold,
  thresholdOf,
} from '@xinc/core';
import { z } from 'zod';
import { logarithmic, panelPerLayer, percentage } from '../drawing/chart.js';
import { OKABE_ITO } from '../drawing/palette.js';
import { mean } from '../numeric/averages.js';
import { distributionOf, HISTOGRAM_ERROR, type ValueDistribution } from '../numeric/histogram-distribution.js';
import { FRAME_COLUMN, LAYER_COLUMN } from '../scope/columns.js';
import { drawnFramesOption, figureOfFrame, framesToDraw, frameWords, meanWords } from '../scope/frames.js';
import { inLayers } from '../scope/in-layers.js';
import { byLayer, type LiveLayer, liveLayers } from '../scope/live-layers.js';

const options = z.object({
  areas: z
    .array(z.number().gt(0).lt(1))
    .min(1)
    .max(4)
    .default([0.1, 0.5])
    .describe("α: τ is the value above which contributions make up 1 − α of the layer's total"),
  drawnFrames: drawnFramesOption,
});

/** Ranks that the array holds, evenly spread: every half per cent. */
const RANKS = 201;
const CURVE_POINTS = 200;
/** Values below this part of the layer's largest are not drawn. */
const DRAWN_DEPTH = 1e-5;

interface Distributed extends LiveLayer {
  readonly distribution: ValueDistribution;
  /** τ of each α asked for. */
  readonly thresholds: readonly Threshold[];
}

/**
 * All contributions |c_n(p)| of a layer sorted downward, with the thresholds τ(α) marked (paper figure 18; method §5).
 * Values come from the layer's histogram; exact zeros are counted apart.
 */
export const contributionDistribution = defineAnalysis<z.output<typeof options>>({
  kind: 'analysis',
  name: 'contribution-distribution',
  title: 'How contributions are distributed',
  description: 'Whether a few large contributions or many small ones make up a layer (paper figure 18).',
  options,
  request: () => ({ neuronTotals: true, histogram: true }),
  analyze({ areas, drawnFrames }, context) {
    const { live, omissions } = liveLayers(context);
    const { drawn, notes } = framesToDraw(context, drawnFrames);
    const distributed = live.map((one): Distributed => {
      const histogram = one.statistics.histogram!;
      return {
        ...one,
        distribution: distributionOf(histogram),
        thresholds: areas.map((area) => thresholdOf(histogram, area)),
      };
    });
    const findings = areas.map((area, i) => {
      const layers = byLayer(distributed);
      const shares = layers.map(({ layer, items }) => ({
        layer,
        words: percent(mean(items.map(({ thresholds }) => thresholds[i].share))),
      }));
      return `On average over pixels${meanWords(layers) && ' and frames'}, ${inLayers(shares, 'of the neurons')} exceed the threshold τ (contributions above it make ${percent(1 - area)} of the layer's total).`;
    });
    return {
      findings: [...findings, ...zerosFinding(distributed)],
      tables: [tableOf(distributed, areas)],
      arrays: distributed.map(sortedValues),
      figures: drawn.flatMap((frame) => {
        const ofFrame = distributed.filter((one) => one.frame === frame);
        return ofFrame.length > 0 ? [figureOf(ofFrame, areas, frame, context.signal)] : [];
      }),
      omissions,
      notes,
    };
  },
});

/** `sorted` [RANKS]: values of a layer at evenly spread ranks, from the largest to the smallest. */
function sortedValues({ layer, frame, distribution }: Distributed): NamedArray {
  const data = Float32Array.from({ length: RANKS }, (_, i) => distribution.valueAt(i / (RANKS - 1)));
  return { name: 'sorted', frame, layer: layer.id, shape: [RANKS], data };
}

/** Values that are exactly zero, where there are any. */
function zerosFinding(layers: readonly Distributed[]): string[] {
  if (layers.every(({ distribution }) => distribution.zeros === 0)) return [];
  const grouped = byLayer(layers);
  const shares = grouped.map(({ layer, items }) => ({
    layer,
    words: percent(mean(items.map(({ distribution }) => distribution.zeros))),
  }));
  return [`Contributions that are exactly zero: ${inLayers(shares)}${meanWords(grouped)}.`];
}

function tableOf(layers: readonly Distributed[], areas: readonly number[]): Table {
  return {
    name: 'thresholds',
    title: 'Values at which sorted contributions have accumulated 1 − α of the total',
    columns: [
      FRAME_COLUMN,
      LAYER_COLUMN,
      { name: 'alpha', unit: 'fraction', description: 'α' },
      { name: 'threshold', unit: '|c|', description: `τ, ${HISTOGRAM_ERROR}` },
      { name: 'share_above', unit: 'fraction', description: 'Part of all values (neuron, pixel) that is above τ' },
      { name: 'median', unit: '|c|', description: `Median of all values, ${HISTOGRAM_ERROR}` },
      { name: 'zeros', unit: 'fraction', description: 'Part of all values that is exactly zero' },
    ],
    rows: layers.flatMap(({ frame, layer, distribution, thresholds }) =>
      areas.map((area, i) => {
        const { value, share } = thresholds[i];
        return [frame, layer.id, area, value, share, distribution.valueAt(0.5), distribution.zeros];
      }),
    ),
  };
}

function figureOf(
  layers: readonly Distributed[],
  areas: readonly number[],
  frame: number,
  signal: SignalShape,
): ChartFigure {
  const values = layers.flatMap(({ layer, distribution, thresholds }) => {
    const floor = distribution.valueAt(0) * DRAWN_DEPTH;
    const curve = Array.from({ length: CURVE_POINTS }, (_, i) => i / (CURVE_POINTS - 1)).map((share) => ({
      layer: layer.label,
      percent: Number((100 * share).toPrecision(4)),
      value: Number(distribution.valueAt(share).toPrecision(5)),
    }));
    const marks = areas.map((area, i) => {
      const { value, share } = thresholds[i];
      return { layer: layer.label, percent: 100 * share, value, threshold: `τ at α = ${area}` };
    });
    return [...curve.filter(({ value }) => value > 0 && value >= floor), ...marks];
  });
  const axes = {
    x: percentage('percent', 'Values, largest first (% of layer)'),
    y: logarithmic('value', '|c|, contribution'),
  };
  const names = areas.map((area) => `τ at α = ${area}`);
  return {
    kind: 'chart',
    ...figureOfFrame(signal, 'distribution', frame),
    title: `Contributions, sorted${frameWords(signal, frame)}`,
    caption: `All contributions |c| of a layer, of every neuron to every pixel, from the largest to the smallest; values below ${DRAWN_DEPTH} of the largest are not drawn. Left of a mark lie the values that make up 1 − α of the layer's total.`,
    spec: panelPerLayer(
      layers.map(({ layer }) => layer),
      values,
      {
        layer: [
          {
            transform: [{ filter: '!isValid(datum.threshold)' }],
            mark: { type: 'line', tooltip: true, color: OKABE_ITO[0] },
            encoding: axes,
          },
          {
            transform: [{ filter: 'isValid(datum.threshold)' }],
            mark: { type: 'point', filled: true, size: 90, opacity: 1, tooltip: true },
            encoding: {
              ...axes,
              color: {
                field: 'threshold',
                type: 'nominal',
                title: 'Threshold',
                scale: { domain: names, range: names.map((_, i) => OKABE_ITO[i + 1]) },
              },
              shape: { field: 'threshold', type: 'nominal', title: 'Threshold', scale: { domain: names } },
            },
          },
        ],
      },
    ),
  };
}
