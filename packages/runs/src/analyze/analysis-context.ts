import {
  type AnalysisContext,
  type LabelMap,
  type LayerStatistics,
  type Signal,
  type StatisticsRequest,
  whole,
  XincError,
} from '@xinc/core';
import { clampFrame, ownStatistics, switchOff, type Tracer } from '@xinc/core/trace';
import type { Work } from '../work.js';
import { TracingForecast } from './forecast-tracing.js';

export interface Gathered {
  readonly frames: readonly number[];
  readonly labels: ReadonlyMap<string, ReadonlyMap<number, LabelMap>>;
  /** By frame, then layer. */
  readonly statistics: ReadonlyMap<number, Readonly<Record<string, LayerStatistics>>>;
  /** Layers that their plugin failed to trace, by id. */
  readonly failed: ReadonlyMap<string, XincError>;
}

/**
 * One pass (or two) over every map of every frame, for all analyses together. A layer that its plugin fails to trace is left
 * out, and the others go on.
 * @throws XincError `plugin` if none is left
 */
export async function gatherStatistics(
  tracer: Tracer,
  request: StatisticsRequest,
  frames: readonly number[],
  labels: Gathered['labels'],
  { progress, abort }: Work = {},
): Promise<Gathered> {
  const statistics = new Map<number, Record<string, LayerStatistics>>();
  const failed = new Map<string, XincError>();
  const neurons = tracer.layers.reduce((sum, layer) => sum + layer.neurons, 0);
  progress?.begin('Tracing', 'maps');
  const start = performance.now();
  const forecast = new TracingForecast();
  for (const [i, frame] of frames.entries()) {
    const ofFrame = [...labels].map(([name, perFrame]) => [name, perFrame.get(frame)!]);
    const layers = tracer.layers.map(({ id }) => id).filter((id) => !failed.has(id));
    const traced = await tracer.trace(frame, request, {
      layers,
      onFailure: (layer, error) => void failed.set(layer, error),
      labels: Object.fromEntries(ofFrame),
      ...(frame > 0 && { previousFrame: frame - 1 }),
      abort,
      onProgress({ layer, done, total }) {
        const note = frames.length > 1 ? `frame ${frame}, ${layer}` : layer;
        const [doneOfAll, all] = [i * total + done, frames.length * total];
        const text = forecast.text(doneOfAll, all, (performance.now() - start) / 1000);
        if (text !== undefined) progress?.line(`  ${text}`);
        progress?.update({ done: doneOfAll, total: all, note });
      },
    });
    if (failed.size === tracer.layers.length) throw [...failed.values()][0];
    statistics.set(frame, traced);
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(2);
  const times = frames.length > 1 ? ` × ${frames.length} frames` : '';
  progress?.end(`Traced ${whole(neurons)} neurons${times} in ${seconds} s`);
  return { frames, labels, statistics, failed };
}

/** What an analysis may ask of a run. */
export function analysisContext(
  tracer: Tracer,
  signal: Signal,
  seed: number,
  { frames, labels, statistics, failed }: Gathered,
  { progress, abort }: Work = {},
): AnalysisContext {
  const { network, noPicture } = tracer;
  const missing = (what: string) => new XincError('not-found', `An analysis asked for ${what}, which was not gathered`);
  return {
    signal: signal.shape,
    layers: tracer.layers.filter(({ id }) => !failed.has(id)),
    frames,
    groupings: [...labels.keys()],
    seed,
    untraced: [...tracer.broken.keys(), ...failed.keys()],
    signalAborted: abort,
    statistics(layer, frame) {
      const found = statistics.get(frame)?.[layer];
      if (!found) throw missing(`statistics of layer '${layer}' on frame ${frame}`);
      return found;
    },
    labels(grouping, frame) {
      const found = labels.get(grouping)?.get(frame);
      if (!found) throw missing(`labels of the grouping '${grouping}' on frame ${frame}`);
      return found;
    },
    async signalFrame(frame) {
      const picture = await signal.frame(frame);
      // The signal's own is kept for others.
      return { ...picture, rgb: picture.rgb.slice() };
    },
    async reconstruction(frame) {
      const picture = clampFrame(await network.reconstruct(frame));
      // An activation may have made numbers of what are none.
      return noPicture === undefined ? picture : { ...picture, rgb: picture.rgb.fill(Number.NaN) };
    },
    maps: (layer, frame, neurons) => tracer.maps(layer, frame, neurons),
    completeness: (layer, frame) => tracer.completeness(layer, frame),
    async ablate(layer, frame, neurons) {
      if (noPicture !== undefined) {
        throw new XincError('numeric', `The network draws no picture to compare with: ${noPicture}`);
      }
      return network.reconstruct(frame, switchOff(network, layer, neurons));
    },
    progress: (step, share) => progress?.update({ done: Math.round(share * 100), total: 100, note: step }),
  };
}

/** What one analysis reads of a run. */
export interface OwnContext {
  /** With the statistics that it requested, and no others. */
  readonly context: AnalysisContext;
  /** Names of the groupings that it stands on so far: those whose sums it requested, and those whose label maps it asked for. */
  groupings(): string[];
}

export function ownContext(request: StatisticsRequest, shared: AnalysisContext): OwnContext {
  const own = new Map<LayerStatistics, LayerStatistics>();
  const groupings = new Set(request.groupSums);
  const context: AnalysisContext = {
    ...shared,
    statistics(layer, frame) {
      const gathered = shared.statistics(layer, frame);
      const found = own.get(gathered) ?? ownStatistics(request, gathered);
      own.set(gathered, found);
      return found;
    },
    labels(grouping, frame) {
      const found = shared.labels(grouping, frame);
      groupings.add(grouping);
      return found;
    },
  };
  return { context, groupings: () => shared.groupings.filter((name) => groupings.has(name)) };
}
