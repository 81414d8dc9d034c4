import {
  type AnalysisContext,
  inWords,
  type LayerInfo,
  type NamedArray,
  percent,
  type SignalShape,
  type Table,
  whole,
} from '@xinc/core';
import { mean, sum } from '../../numeric/averages.js';
import { FRAME_COLUMN, LAYER_COLUMN } from '../../scope/columns.js';
import { meanWords } from '../../scope/frames.js';
import { inLayers } from '../../scope/in-layers.js';
import { byLayer, type LiveLayer } from '../../scope/live-layers.js';
import { strongestTenth } from './measure.js';

export function layerTable(live: readonly LiveLayer[], { height, width }: SignalShape): Table {
  return {
    name: 'layers',
    title: 'Contribution of each layer',
    columns: [
      FRAME_COLUMN,
      LAYER_COLUMN,
      { name: 'neurons', unit: 'neurons', description: 'Neurons of the layer' },
      { name: 'dead', unit: 'neurons', description: 'Neurons that contribute nothing to this frame' },
      { name: 'mean_contribution', unit: '|c|', description: 'Mean |c| per neuron and pixel' },
      { name: 'largest_contribution', unit: '|c|', description: 'Largest |c| of any neuron at any pixel' },
      {
        name: 'strongest_neuron',
        description: 'Index of the neuron with the largest total, the first of those that have it',
      },
      { name: 'strongest_share', unit: 'fraction', description: "Its share of the layer's total" },
      { name: 'strongest_tenth_share', unit: 'fraction', description: 'Share of the strongest tenth of live neurons' },
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

export function findings(live: readonly LiveLayer[]): string[] {
  const layers = byLayer(live);
  const shares = layers.map(({ layer, items }) => {
    const fewest = Math.min(...items.map(({ census }) => census.live.length));
    const few = fewest < 10 && { note: `one neuron of ${fewest}` };
    return { layer, words: percent(mean(items.map(strongestTenth))), ...few };
  });
  const dead = layers.flatMap(({ layer, items }) => {
    const count = mean(items.map((one) => one.census.dead));
    return count > 0 ? [{ layer, words: `${inWords(count)} of ${whole(layer.neurons)}` }] : [];
  });
  return [
    `The strongest tenth of the live neurons makes ${inLayers(shares, 'of the total contribution')}${meanWords(layers)}.`,
    dead.length > 0
      ? `Dead neurons, which contribute to no pixel: ${inLayers(dead)}${meanWords(layers)}.`
      : 'In the layers shown no neuron is dead: each contributes to some pixel.',
  ];
}

export function arraysOf(layer: LayerInfo, frame: number, context: AnalysisContext): NamedArray[] {
  const { neuronTotals, pixelTotals } = context.statistics(layer.id, frame);
  const { height, width } = context.signal;
  return [
    { name: 'neuron_abs_sum', frame, layer: layer.id, shape: [layer.neurons], data: neuronTotals!.sum },
    { name: 'pixel_abs_sum', frame, layer: layer.id, shape: [height, width], data: pixelTotals! },
  ];
}
