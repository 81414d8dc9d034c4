import {
  askedNames,
  type LayerStatistics,
  STATISTIC_NAMES,
  type StatisticsRequest,
  statisticOf,
} from '../statistics/statistics.js';
import { Breach } from './breach.js';
import { CollectorFailure, nameOfKey } from './collector.js';

/**
 * The statistics that an analysis requested, of those that were gathered for all of them. Reading another one is an error
 * that names the request which is missing. They are copies, so that an analysis changes nothing that another one reads.
 * @param request as its guarded `request` gave it
 * @throws XincError `plugin` where one of its collectors failed; what reading throws, the guard of the analysis turns into one
 */
export function ownStatistics(request: StatisticsRequest, gathered: LayerStatistics): LayerStatistics {
  const asked = askedNames(request);
  const own: Record<string, unknown> = {
    neurons: gathered.neurons,
    custom: named(
      'custom',
      (request.custom ?? []).map(({ name }) => [nameOfKey(name), collected(name, gathered)]),
    ),
  };
  for (const name of STATISTIC_NAMES) {
    const { ask, own: copy } = statisticOf(name);
    const value = gathered[name];
    if (ask.byName) {
      own[name] = named(name, Object.entries(copy(value, request[name] ?? []) as Record<string, unknown>));
    } else if (!asked.includes(name)) {
      Object.defineProperty(own, name, {
        get() {
          throw notRequested(name, `${name}: ${ask.example}`);
        },
      });
      // There is no change to frame 0, requested or not.
    } else if (value !== undefined) own[name] = copy(value, request[name]);
  }
  return own as unknown as LayerStatistics;
}

function collected(key: string, { custom }: LayerStatistics): unknown {
  const result = custom[key];
  if (result instanceof CollectorFailure) throw result.error;
  return result;
}

/** Only what was requested by name; another name is an error. */
function named<T>(field: string, own: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  return new Proxy(Object.fromEntries(own) as Record<string, T>, {
    get(target, name) {
      // A promise is told from other objects by its `then`, and JSON by its `toJSON`.
      if (typeof name === 'symbol' || name in target || name === 'then' || name === 'toJSON') {
        return Reflect.get(target, name);
      }
      throw notRequested(`${field}['${name}']`, `'${name}' to ${field}`);
    },
  });
}

function notRequested(what: string, missing: string): Breach {
  return new Breach(
    `it reads ${what} of its statistics, which it did not request`,
    `Add ${missing} in what request gives.`,
  );
}
