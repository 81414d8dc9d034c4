import type { Arrays } from '../engine.js';
import { isXincError } from '../errors.js';
import type { LayerHook } from '../inr.js';
import type { Network } from '../network.js';
import { LayerGathering } from '../statistics/layer-gathering.js';
import { passesOf } from '../statistics/passes.js';
import {
  askedNames,
  type LayerStatistics,
  type StatisticsRequest,
  statisticOf,
  type Values,
} from '../statistics/statistics.js';
import { chunksOf } from './chunks.js';
import type { KernelPool } from './contribution-source.js';
import { type LayerPass, tracePass } from './pass.js';
import type { TraceOptions } from './trace-options.js';
import type { TraceableLayer } from './traceable-layers.js';
import { tracedFrame } from './traced-frame.js';

/**
 * Statistics of a frame, per layer: one pass over all maps, and a second one if the request needs it.
 * @param layers those to trace
 */
export async function layerStatistics(
  network: Network,
  pool: KernelPool,
  layers: readonly TraceableLayer[],
  frame: number,
  request: StatisticsRequest,
  { labels = {}, previousFrame, abort, onProgress, onFailure }: Omit<TraceOptions, 'layers'>,
): Promise<Record<string, LayerStatistics>> {
  const { height, width } = network.inr.signal;
  const passes = passesOf(request, previousFrame !== undefined);
  const hooks = layers.map(({ hook }) => hook);
  const traced = tracedFrame(network, pool, hooks, frame, previousFrame, labels);
  const total = layers.reduce((sum, { info }) => sum + info.neurons, 0) * traced.tileCount * passes.length;
  let done = 0;
  const events = {
    onNeurons({ info: { id: layer } }: LayerPass, neurons: number) {
      done += neurons;
      onProgress?.({ layer, done, total });
    },
    onFailure({ hook, info }: LayerPass, error: unknown) {
      if (hook.kind !== 'custom' || !onFailure || !isXincError(error, 'plugin')) return false;
      states.delete(info.id);
      onFailure(info.id, error);
      return true;
    },
  };

  /** What is known of the layers that have not failed. */
  const states = new Map(
    layers.map((layer) => {
      const about = { ...layer.info, height, width };
      const collectors = (request.custom ?? []).map((collector) => ({
        name: collector.name,
        accumulator: collector.start(about),
      }));
      return [layer.info.id, { layer, collectors, values: {} as Values }];
    }),
  );
  for (const [k, asked] of passes.entries()) {
    const passing = [...states.values()].map((state) => {
      const { hook, info } = state.layer;
      const about = { neurons: info.neurons, pixels: height * width, labels };
      const pass: LayerPass = {
        ...state.layer,
        chunks: chunksOf(hook, info.neurons, outputsOf(hook, network.parameters)),
        gathering: new LayerGathering(asked, about, state.values),
        // They see every map once.
        accumulators: k === 0 ? state.collectors.map(({ accumulator }) => accumulator) : [],
      };
      return { state, pass };
    });
    const readsPrevious = askedNames(asked).some((name) => statisticOf(name).readsPrevious);
    await tracePass(
      traced,
      readsPrevious,
      passing.map(({ pass }) => pass),
      events,
      abort,
    );
    for (const { state, pass } of passing) state.values = { ...state.values, ...pass.gathering.values() };
  }

  // What only the second pass needed is left out.
  const wanted = askedNames(request);
  return Object.fromEntries(
    [...states].map(([id, { layer, collectors, values }]): [string, LayerStatistics] => [
      id,
      {
        neurons: layer.info.neurons,
        groupSums: {},
        ...Object.fromEntries(wanted.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]]))),
        custom: Object.fromEntries(collectors.map(({ name, accumulator }) => [name, accumulator.result()])),
      },
    ]),
  );
}

/** Kernels of one input channel; 1 where neurons are inputs. */
function outputsOf(hook: LayerHook, parameters: Arrays): number {
  if (hook.kind === 'derived') return hook.outputs ?? 1;
  return hook.kind === 'conv' ? parameters[hook.kernel].shape[0] : 1;
}
