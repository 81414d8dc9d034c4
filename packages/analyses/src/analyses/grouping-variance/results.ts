import { inWords, listed, type NamedArray, type Table } from '@xinc/core';
import { median, quantile } from '../../numeric/averages.js';
import { FRAME_COLUMN, LAYER_COLUMN } from '../../scope/columns.js';
import { type Measurement, medians } from './measure.js';
import { type Ranking, withTies } from './rank.js';

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

/** Both rankings of each layer, with the margin of each grouping from the one before it. */
export function rankingTable(rankings: readonly Ranking[]): Table {
  return {
    name: 'ranking',
    title: 'Groupings from the one that neurons depend on least',
    columns: [
      LAYER_COLUMN,
      {
        name: 'measure',
        description:
          "spread: standard deviation over pixels of the groups' mean contribution, relative to the neuron's mean, with as many groups for every grouping; published: variance over the groups as they are",
      },
      { name: 'place', description: 'From 1; the same for groupings each of which is a tie with the next' },
      { name: 'grouping', description: 'Grouping' },
      { name: 'groups', unit: 'groups', description: 'Groups that it is ranked with, the fewest over frames' },
      { name: 'neurons', unit: 'neurons', description: 'Neurons compared' },
      {
        name: 'least',
        description:
          'Median of the measure over neurons, of its mean over frames (relative, no unit): with groups merged at random where others have fewer',
      },
      { name: 'most', description: 'The same with those groups merged that differ least' },
      { name: 'times', description: 'Ratio to the grouping before (where groups are merged, of geometric means)' },
      { name: 'low', description: 'Lower end of its interval (bootstrap over neurons, 95 % for a layer together)' },
      { name: 'high', description: 'Upper end of its interval' },
    ],
    rows: rankings.flatMap(({ layer, measure, neurons, ranked }) =>
      withTies(ranked).flatMap((tied, i, places) => {
        const place = 1 + places.slice(0, i).reduce((before, { length }) => before + length, 0);
        return tied.map(({ grouping, groups, least, most, margin }) => {
          const { times = null, low = null, high = null } = margin ?? {};
          return [layer.id, measure, place, grouping, groups, neurons, least, most, times, low, high];
        });
      }),
    ),
  };
}

/** The medians of variances where there is nothing to rank: a single grouping, or none two of them on the same frame. */
export function varianceFinding(measurements: readonly Measurement[]): string {
  const ofLayers = Object.entries(medians(measurements)).map(([layer, ofLayer]) => {
    const words = Object.entries(ofLayer).map(([grouping, middle]) => `${inWords(middle)} over ${grouping}`);
    return `${words.join(', ')} in ${layer}`;
  });
  return `The variance of a neuron's contribution over groups is in the median ${listed(ofLayers)}.`;
}
