import { type ChartFigure, inWords, neuronName, type RasterFigure, type SignalShape } from '@xinc/core';
import { chart, colorEncoding } from '../../drawing/chart.js';
import { DISPLAY_PERCENTILE, forDisplay } from '../../drawing/display-range.js';
import { valuesPanel } from '../../drawing/panel.js';
import { figureOfFrame, frameWords } from '../../scope/frames.js';
import type { Example, Tested } from './measure.js';

const MAP_PIXELS = 2 ** 15;

export function correlationFigure(
  tested: readonly Tested[],
  frame: number,
  confidence: number,
  signal: SignalShape,
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
    caption: `Each tick is a neuron: the rank correlation over pixels of its |c| with the change of the picture when it is switched off. Points are means, lines their ${inWords(100 * confidence)} % intervals. Near 1, contributions show where a neuron matters; near 0, they do not. Where ticks lie in two groups, the mean is neither of them.`,
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
export function exampleFigure(
  { layer, ablated: { neuron, correlation }, contribution, change }: Example,
  frame: number,
  signal: SignalShape,
): RasterFigure {
  const words = Number.isFinite(correlation) ? `, rank correlation ${inWords(correlation)}` : '';
  return {
    kind: 'raster',
    ...figureOfFrame(signal, `effect-${layer.id}`, frame),
    title: `${layer.label}: ${neuronName(neuron, layer)} and the picture without it${frameWords(signal, frame)}`,
    caption: `The strongest of the neurons switched off: its contribution, and how much each pixel changes without it${words}. Each has its own scale, from its smallest value to its percentile ${DISPLAY_PERCENTILE}; larger ones are drawn as it.`,
    scale: { map: 'sequential', domain: [0, 1], label: 'scaled to 0 … 1' },
    panels: [
      valuesPanel('|c|, contribution', forDisplay(contribution), signal, MAP_PIXELS),
      valuesPanel('change without it', forDisplay(change), signal, MAP_PIXELS),
    ],
  };
}
