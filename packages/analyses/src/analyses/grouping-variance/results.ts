import { inWords, listed, type NamedArray, type Table } from '@xinc/core';
import { median, quantile } from '../../numeric/averages.js';
import { isTie } from '../../numeric/ties.js';
import { FRAME_COLUMN, LAYER_COLUMN } from '../../scope/columns.js';
import { type Measurement, medians } from './measure.js';

export const arrayOf = ({ grouping, frame, layer, variances }: Measurement): NamedArray => ({
  name: grouping.replace(/[^A-Za-z0-9._-]+/g, '-'),
  frame,
  layer: layer.id,
  shape: [variances.length],
  data: variances,
});

export function varianceTable(measurements: readonly Measurement[]): Table {
  return {
    name: 'grouping-variance',
    title: 'Variance of contributions over the groups of each grouping',
    columns: [
      FRAME_COLUMN,
      LAYER_COLUMN,
      { name: 'grouping', description: 'Grouping' },
      { name: 'groups', unit: 'groups', description: 'Groups with pixels' },
      { name: 'live', unit: 'neurons', description: 'Neurons measured' },
      { name: 'dead', unit: 'neurons', description: 'Neurons without contribution, left out' },
      { name: 'lower_quartile', description: 'Lower quartile of the variance over neurons (relative, no unit)' },
      { name: 'median', description: 'Median of the variance over neurons (relative, no unit)' },
      { name: 'upper_quartile', description: 'Upper quartile of the variance over neurons (relative, no unit)' },
    ],
    rows: measurements.map(({ frame, layer, grouping, groups, census, variances }) => [
      frame,
      layer.id,
      grouping,
      groups,
      census.live.length,
      census.dead,
      quantile(variances, 0.25),
      median(variances),
      quantile(variances, 0.75),
    ]),
  };
}

/** Variances below this are what rounding leaves of none. */
const NO_VARIANCE = 1e-10;

const isSame = (a: number, b: number): boolean => isTie(a, b) || Math.max(a, b) < NO_VARIANCE;

export function findings(measurements: readonly Measurement[]): string[] {
  const ranking = Object.entries(medians(measurements)).map(([layer, ofLayer]) => ({
    layer,
    ranked: Object.entries(ofLayer).sort((a, b) => a[1] - b[1]),
  }));
  const least = ranking.map(({ layer, ranked }) => {
    const tied = ranked.filter(([, median]) => isSame(median, ranked[0][1])).map(([grouping]) => grouping);
    return { layer, groupings: tied.length > 1 ? `${listed(tied)} alike` : tied[0] };
  });
  const leastOver = [...new Set(least.map(({ groupings }) => groupings))].map((groupings) => {
    const layers = least.filter((other) => other.groupings === groupings).map(({ layer }) => layer);
    return `${groupings} in ${listed(layers)}`;
  });
  const numbers = ranking.map(({ layer, ranked }) => {
    const words = ranked.map(([grouping, median], i) => {
      const before = ranked[i - 1]?.[1];
      const sign = before === undefined ? '' : isSame(before, median) ? ' = ' : ' < ';
      return `${sign}${grouping} ${inWords(median)}`;
    });
    return `${layer}: ${words.join('')}`;
  });
  const compared = ranking.some(({ ranked }) => ranked.length > 1);
  return [
    ...(compared ? [`Contributions vary least over the groups of ${leastOver.join(', of ')}.`] : []),
    `Median variance over the groups, by layer: ${numbers.join('; ')}.`,
  ];
}
