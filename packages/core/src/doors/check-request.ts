import { didYouMean } from '../did-you-mean.js';
import type { CustomCollector, StatisticsRequest } from '../statistics.js';
import { Breach, isObject, requireThat, show } from './breach.js';
import { checkDistinct } from './names.js';

const SWITCHES = ['neuronTotals', 'pixelTotals', 'histogram', 'pixelsPerNeuron', 'change'] as const;
/** Every field of a request; the compiler refuses one that is missing here. */
const FIELDS = Object.keys({
  neuronTotals: 0,
  pixelTotals: 0,
  groupSums: 0,
  histogram: 0,
  pixelsPerNeuron: 0,
  neuronsPerPixel: 0,
  change: 0,
  custom: 0,
} satisfies Record<keyof StatisticsRequest, 0>);

/**
 * Which statistics an analysis asks for.
 * @param groupings names of those at hand
 */
export function checkRequest(request: unknown, groupings: readonly string[]): StatisticsRequest {
  requireThat(isObject(request), `it gave ${show(request)}`, 'Give the statistics needed, or {} for none.');
  for (const field of Object.keys(request)) {
    if (FIELDS.includes(field)) continue;
    throw new Breach(
      `it asks for '${field}', which is no statistic`,
      `${didYouMean(field, FIELDS)}There are ${FIELDS.join(', ')}.`,
    );
  }
  for (const field of SWITCHES) {
    const value = request[field];
    requireThat(value === undefined || typeof value === 'boolean', `it asks for ${field}: ${show(value)}`);
  }
  const { groupSums, neuronsPerPixel, custom } = request;
  if (groupSums !== undefined) {
    requireThat(Array.isArray(groupSums), `it asks for groupSums: ${show(groupSums)}`, 'Give names of groupings.');
    for (const name of groupSums) {
      requireThat(
        groupings.includes(name),
        `it asks for groupSums of ${show(name)}, and there is no such grouping`,
        `At hand: ${groupings.join(', ') || 'none'}.`,
      );
    }
  }
  if (neuronsPerPixel !== undefined) {
    const areas = isObject(neuronsPerPixel) ? neuronsPerPixel.areas : undefined;
    const shares = Array.isArray(areas) && areas.every((area) => typeof area === 'number' && area > 0 && area < 1);
    requireThat(shares, `it asks for neuronsPerPixel with areas ${show(areas)}`, 'Areas are between 0 and 1.');
  }
  if (custom !== undefined) {
    requireThat(Array.isArray(custom), `it asks for custom: ${show(custom)}`, 'Give a list of collectors.');
    for (const collector of custom as readonly unknown[]) {
      const fits = isObject(collector) && typeof collector.name === 'string' && typeof collector.start === 'function';
      requireThat(fits, `a collector is ${show(collector)}`, "A collector has a name and a function 'start'.");
    }
    checkDistinct(
      'collectors',
      (custom as readonly CustomCollector[]).map(({ name }) => name),
    );
  }
  return request as StatisticsRequest;
}
