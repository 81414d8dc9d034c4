import { didYouMean } from '../did-you-mean.js';
import type { CustomCollector } from '../statistics/custom-collector.js';
import { STATISTIC_NAMES, type StatisticsRequest, statisticOf } from '../statistics/statistics.js';
import { Breach, isObject, requireThat, show } from './breach.js';
import { checkDistinct } from './names.js';

/** Every field of a request. */
const FIELDS = [...STATISTIC_NAMES, 'custom'];

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
  for (const name of STATISTIC_NAMES) {
    if (request[name] !== undefined) statisticOf(name).ask.check(request[name], name, groupings);
  }
  const { custom } = request;
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
