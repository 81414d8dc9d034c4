import type { ChartFigure } from '@xinc/core';
import { effectOf } from '../claims/statistics/bootstrap.js';
import { COLORS } from '../report/small-multiples.js';
import type { Comparison } from './compare-networks.js';

const WIDTH = 400;
/** CSS pixels of a network's row. */
const ROW = 13;
const GAP = 8;

/** What networks of a model differ in: means over signals with their intervals, and the signals, a row for each quantity and network. */
export function comparisonFigure(model: string, comparisons: readonly Comparison[]): ChartFigure {
  const networks = [...new Set(comparisons.map(({ network }) => network))];
  const [{ against }] = comparisons;
  const panels = [
    panelOf(
      comparisons.filter(({ quantity }) => quantity.by === 'factor'),
      networks,
      `Factor (logarithmic): that of ${against} is 1`,
    ),
    // dB and correlations have no axis in common.
    ...comparisons
      .filter(
        ({ quantity }, i, all) =>
          quantity.by === 'difference' && all.findIndex((one) => one.quantity.name === quantity.name) === i,
      )
      .map(({ quantity }) =>
        panelOf(
          comparisons.filter((one) => one.quantity.name === quantity.name),
          networks,
          `Difference from ${against}`,
        ),
      ),
  ];
  return {
    kind: 'chart',
    name: `comparison-${model}`,
    title: `How networks of ${model} differ from ${against}`,
    caption: `Each dot is a signal, the mean over its seeds; the square is the mean over signals (of factors the geometric one), with its 95 % interval where there are five signals or more. The dashed line is no difference. The table says what each quantity is.`,
    spec: {
      $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
      spacing: 14,
      vconcat: panels.filter((panel) => panel !== undefined),
    },
  };
}

function panelOf(comparisons: readonly Comparison[], networks: readonly string[], title: string) {
  if (comparisons.length === 0) return undefined;
  const isFactor = comparisons[0].quantity.by === 'factor';
  const shown = (value: number) => Number((isFactor ? 2 ** value : value).toPrecision(6));
  const rows = comparisons.map((one) => ({ ...one, of: { quantity: one.quantity.title, network: one.network } }));
  const titles = [...new Set(comparisons.map(({ quantity }) => quantity.title))];
  const x = (field: string) => ({
    field,
    type: 'quantitative',
    title,
    scale: isFactor ? { type: 'log', base: 2, nice: false, padding: 8 } : { zero: true, padding: 8 },
    // By its own digits: d3 takes one too few where rounding makes the range less than it is, and told 0.12 as 0.1.
    axis: { grid: true, format: '.3~r', tickCount: 7 },
  });
  const place = {
    y: {
      field: 'quantity',
      type: 'nominal',
      title: null,
      sort: titles,
      axis: { labelLimit: 260, grid: true, bandPosition: 0 },
    },
    yOffset: { field: 'network', type: 'nominal', sort: networks },
    color: {
      field: 'network',
      type: 'nominal',
      title: 'Network',
      scale: { domain: networks, range: networks.map((_, i) => COLORS[i % COLORS.length]) },
    },
  };
  const dots = rows.flatMap(({ of, signals }) =>
    signals.map((one) => ({ ...of, signal: one.signal, value: shown(effectOf(one)) })),
  );
  const means = rows.map(({ of, effect }) => ({ ...of, value: shown(effect) }));
  const intervals = rows.flatMap(({ of, interval }) =>
    interval ? [{ ...of, low: shown(interval.low), high: shown(interval.high) }] : [],
  );
  return {
    width: WIDTH,
    height: titles.length * (networks.length * ROW + GAP),
    layer: [
      {
        data: { values: [{ none: isFactor ? 1 : 0 }] },
        mark: { type: 'rule', color: '#555', strokeDash: [4, 3] },
        encoding: { x: x('none') },
      },
      {
        data: { values: dots },
        mark: { type: 'circle', size: 22, opacity: 0.45, tooltip: true },
        encoding: { x: x('value'), ...place },
      },
      {
        data: { values: intervals },
        mark: { type: 'rule', strokeWidth: 2 },
        encoding: { x: x('low'), x2: { field: 'high' }, ...place },
      },
      {
        data: { values: means },
        mark: { type: 'square', size: 60, opacity: 1 },
        encoding: { x: x('value'), ...place },
      },
    ],
  };
}
