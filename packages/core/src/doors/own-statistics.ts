import { XincError } from '../errors.js';
import type { LayerStatistics, StatisticsRequest } from '../statistics.js';
import { CollectorFailure, collectorKey } from './collector.js';

/**
 * The statistics that an analysis requested, of those that were gathered for all of them. Reading another one is an error
 * that names the request which is missing.
 * @param analysis its name
 * @throws XincError `plugin` where one of its collectors failed
 */
export function ownStatistics(
  analysis: string,
  request: StatisticsRequest,
  gathered: LayerStatistics,
): LayerStatistics {
  const { neurons, neuronTotals, pixelTotals, histogram, pixelsPerNeuron, neuronsPerPixel, change } = gathered;
  const areas = request.neuronsPerPixel?.areas;
  const own = {
    neurons,
    groupSums: named(analysis, 'groupSums', gathered.groupSums, request.groupSums ?? []),
    custom: named(
      analysis,
      'custom',
      Object.fromEntries((request.custom ?? []).map(({ name }) => [name, collected(analysis, name, gathered)])),
      (request.custom ?? []).map(({ name }) => name),
    ),
    ...(request.neuronTotals && { neuronTotals }),
    ...(request.pixelTotals && { pixelTotals }),
    ...(request.histogram && { histogram }),
    ...(request.pixelsPerNeuron && { pixelsPerNeuron }),
    ...(areas && { neuronsPerPixel: neuronsPerPixel?.filter(({ area }) => areas.includes(area)) }),
    // Of frame 0 there is none, requested or not.
    ...(request.change && change && { change }),
  };
  const optional = ['neuronTotals', 'pixelTotals', 'histogram', 'pixelsPerNeuron', 'neuronsPerPixel', 'change'] as const;
  for (const field of optional) {
    if (request[field]) continue;
    Object.defineProperty(own, field, {
      get() {
        throw notRequested(analysis, field, `${field}: ${field === 'neuronsPerPixel' ? '{ areas }' : 'true'}`);
      },
    });
  }
  return own as LayerStatistics;
}

function collected(analysis: string, name: string, { custom }: LayerStatistics): unknown {
  const result = custom[collectorKey(analysis, name)];
  if (result instanceof CollectorFailure) throw result.error;
  return result;
}

/** Only what was requested by name; another name is an error. */
function named<T>(
  analysis: string,
  field: 'groupSums' | 'custom',
  gathered: Readonly<Record<string, T>>,
  names: readonly string[],
): Readonly<Record<string, T>> {
  const own = Object.fromEntries(names.map((name) => [name, gathered[name]]));
  return new Proxy(own, {
    get(target, name) {
      // A promise is told from other objects by its `then`.
      if (typeof name === 'symbol' || name in target || name === 'then' || name === 'toJSON') return Reflect.get(target, name);
      throw notRequested(analysis, `${field}['${name}']`, `'${name}' to ${field}`);
    },
  });
}

function notRequested(analysis: string, what: string, missing: string): XincError {
  return new XincError('plugin', `The analysis '${analysis}' reads ${what}, which it did not request`, {
    subject: analysis,
    hint: `Add ${missing} in what its request gives.`,
  });
}
