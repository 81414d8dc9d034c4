import type { LayerStatistics, StatisticsRequest } from '../statistics.js';
import { Breach } from './breach.js';
import { CollectorFailure, nameOfKey } from './collector.js';

/**
 * The statistics that an analysis requested, of those that were gathered for all of them. Reading another one is an error
 * that names the request which is missing. Arrays of one number per neuron are copies: they are what one sorts in place.
 * @param request as its guarded `request` gave it
 * @throws XincError `plugin` where one of its collectors failed; what reading throws, the guard of the analysis turns into one
 */
export function ownStatistics(request: StatisticsRequest, gathered: LayerStatistics): LayerStatistics {
  const { neurons, neuronTotals, pixelTotals, histogram, pixelsPerNeuron, neuronsPerPixel, change } = gathered;
  const areas = request.neuronsPerPixel?.areas;
  const own = {
    neurons,
    groupSums: named(
      'groupSums',
      (request.groupSums ?? []).map((name) => [name, gathered.groupSums[name]]),
    ),
    custom: named(
      'custom',
      (request.custom ?? []).map(({ name }) => [nameOfKey(name), collected(name, gathered)]),
    ),
    ...(request.neuronTotals &&
      neuronTotals && {
        neuronTotals: {
          sum: neuronTotals.sum.slice(),
          min: neuronTotals.min.slice(),
          max: neuronTotals.max.slice(),
        },
      }),
    ...(request.pixelTotals && { pixelTotals }),
    ...(request.histogram && { histogram }),
    ...(request.pixelsPerNeuron && { pixelsPerNeuron: pixelsPerNeuron?.slice() }),
    ...(areas && { neuronsPerPixel: neuronsPerPixel?.filter(({ area }) => areas.includes(area)) }),
    // Of frame 0 there is none, requested or not.
    ...(request.change && change && { change }),
  };
  const optional = [
    'neuronTotals',
    'pixelTotals',
    'histogram',
    'pixelsPerNeuron',
    'neuronsPerPixel',
    'change',
  ] as const;
  for (const field of optional) {
    if (request[field]) continue;
    Object.defineProperty(own, field, {
      get() {
        throw notRequested(field, `${field}: ${field === 'neuronsPerPixel' ? '{ areas }' : 'true'}`);
      },
    });
  }
  return own as LayerStatistics;
}

function collected(key: string, { custom }: LayerStatistics): unknown {
  const result = custom[key];
  if (result instanceof CollectorFailure) throw result.error;
  return result;
}

/** Only what was requested by name; another name is an error. */
function named<T>(field: 'groupSums' | 'custom', own: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
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
