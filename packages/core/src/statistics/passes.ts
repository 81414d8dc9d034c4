import { type Asked, askedNames, type StatisticsRequest, statisticOf } from './statistics.js';

/**
 * What each pass over the maps gathers. The first also gathers what the statistics of the second come after.
 * @param hasPrevious whether there is a frame before
 * @returns one request, or two
 */
export function passesOf(request: StatisticsRequest, hasPrevious: boolean): readonly Asked[] {
  const names = askedNames(request).filter((name) => hasPrevious || !statisticOf(name).readsPrevious);
  const [first, second]: Record<string, unknown>[] = [{}, {}];
  for (const name of names) {
    const { after } = statisticOf(name);
    if (after === undefined) first[name] = request[name];
    else {
      second[name] = request[name];
      first[after] ??= true;
    }
  }
  return Object.keys(second).length > 0 ? [first, second] : [first];
}
