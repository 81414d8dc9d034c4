import type { CustomCollector } from './custom-collector.js';
import { type Asked, askedNames, STATISTIC_NAMES, type StatisticsRequest, statisticOf } from './statistics.js';

/** What serves several requests at once. */
export function uniteRequests(requests: readonly StatisticsRequest[]): StatisticsRequest {
  const united = STATISTIC_NAMES.flatMap((name) => {
    const asked = requests.filter((request) => askedNames(request).includes(name)).map((request) => request[name]);
    return asked.length > 0 ? [[name, statisticOf(name).ask.unite(asked)]] : [];
  });
  const collectors = requests.flatMap((request): readonly CustomCollector[] => request.custom ?? []);
  return {
    ...(Object.fromEntries(united) as Asked),
    custom: [...new Map(collectors.map((collector) => [collector.name, collector])).values()],
  };
}
