import { inWords, type NamedArray, percent, type Table } from '@xinc/core';
import { quantile, sum } from '../../numeric/averages.js';
import { FRAME_COLUMN, LAYER_COLUMN } from '../../scope/columns.js';
import { inLayers } from '../../scope/in-layers.js';
import type { Interval, Tested } from './measure.js';

/** `0.93 (0.91 to 0.95)`; the value alone where there is no interval. */
function inWordsWith(value: number, { low, high }: Interval): string {
  return Number.isFinite(low) ? `${inWords(value)} (${inWords(low)} to ${inWords(high)})` : inWords(value);
}

/**
 * @param threshold rank correlation below which neurons are counted
 */
export function findings(tested: readonly Tested[], confidence: number, threshold: number): string[] {
  const words = tested.map(({ one, average, interval }) => ({
    layer: one.layer,
    words: inWordsWith(average, interval),
  }));
  const bracket = tested.some(({ interval }) => Number.isFinite(interval.low))
    ? ` (in brackets: ${inWords(100 * confidence)} % intervals)`
    : '';
  const halves = tested.map((one) => {
    const [quarter, , threeQuarters] = quartiles(one);
    return { layer: one.one.layer, words: `${inWords(quarter)} and ${inWords(threeQuarters)}` };
  });
  return [
    `Between a neuron's contribution and the change of the picture without it, the rank correlation over pixels is on average ${inLayers(words)}${bracket}.`,
    `Lower and upper quartile over neurons: ${inLayers(halves)}; ${lowOnes(tested, threshold)}.`,
  ];
}

/** `below 0.3 are 37.5 % of the neurons in stem, none in the other layers`. */
function lowOnes(tested: readonly Tested[], threshold: number): string {
  const some = tested.filter((one) => shareBelow(one, threshold) > 0);
  if (some.length === 0) return `none is below ${inWords(threshold)}`;
  const shares = some.map((one) => ({ layer: one.one.layer, words: percent(shareBelow(one, threshold)) }));
  const others = some.length < tested.length ? ', none in the other layers' : '';
  return `below ${inWords(threshold)} are ${inLayers(shares, 'of the neurons')}${others}`;
}

const correlationsOf = ({ ablated }: Tested): number[] =>
  ablated.map(({ correlation }) => correlation).filter(Number.isFinite);

/** A quarter, half and three quarters of the neurons with a rank correlation have less than these. */
const quartiles = (tested: Tested): number[] => [0.25, 0.5, 0.75].map((q) => quantile(correlationsOf(tested), q));

/** Of the neurons that have a rank correlation, the share with less than `threshold`. */
function shareBelow(tested: Tested, threshold: number): number {
  const correlations = correlationsOf(tested);
  return correlations.filter((correlation) => correlation < threshold).length / correlations.length;
}

/**
 * @param threshold rank correlation below which neurons are counted
 */
export function tableOf(tested: readonly Tested[], frame: number, confidence: number, threshold: number): Table {
  const interval = `${inWords(100 * confidence)} % interval (bootstrap over neurons)`;
  return {
    name: 'faithfulness',
    title: 'Contribution against the effect of switching a neuron off',
    columns: [
      FRAME_COLUMN,
      LAYER_COLUMN,
      { name: 'sampled', unit: 'neurons', description: 'Neurons switched off, one at a time' },
      { name: 'without_effect', unit: 'neurons', description: 'Of these, neurons without which nothing changes' },
      {
        name: 'rank_correlation',
        unit: 'correlation',
        description: 'Mean over neurons of the rank correlation over pixels',
      },
      { name: 'low', unit: 'correlation', description: `Lower end of its ${interval}` },
      { name: 'high', unit: 'correlation', description: `Upper end of its ${interval}` },
      {
        name: 'over_neurons',
        unit: 'correlation',
        description: 'Rank correlation over neurons of total contribution with mean change',
      },
      { name: 'over_neurons_low', unit: 'correlation', description: `Lower end of its ${interval}` },
      { name: 'over_neurons_high', unit: 'correlation', description: `Upper end of its ${interval}` },
      {
        name: 'mean_effect',
        unit: 'fraction',
        description: 'Mean over neurons and pixels of the change, summed over R, G, B',
      },
      { name: 'quarter', unit: 'correlation', description: 'A quarter of the neurons has a lower rank correlation' },
      { name: 'median', unit: 'correlation', description: 'Half of the neurons has a lower one' },
      { name: 'three_quarters', unit: 'correlation', description: 'Three quarters of the neurons have a lower one' },
      { name: 'below', unit: 'fraction', description: `Share of the neurons with less than ${inWords(threshold)}` },
    ],
    rows: tested.map((measured) => {
      const { one, ablated, average, interval: over, overNeurons, overNeuronsInterval } = measured;
      return [
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
        ...quartiles(measured),
        shareBelow(measured, threshold),
      ];
    }),
  };
}

/** The indices, rank correlations and effects of the neurons switched off, [n]. */
export function arraysOf({ one: { layer }, ablated }: Tested, frame: number): NamedArray[] {
  const of = { frame, layer: layer.id, shape: [ablated.length] };
  return [
    { ...of, name: 'neurons', data: Int32Array.from(ablated, ({ neuron }) => neuron) },
    { ...of, name: 'rank_correlation', data: Float64Array.from(ablated, ({ correlation }) => correlation) },
    { ...of, name: 'effect', data: Float64Array.from(ablated, ({ effect }) => effect) },
  ];
}
