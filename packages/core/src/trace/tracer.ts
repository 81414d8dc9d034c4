import type { Completeness, LayerInfo } from '../analysis.js';
import { XincError } from '../errors.js';
import type { Network } from '../network.js';
import type { SignalShape } from '../signal.js';
import type { LayerStatistics, StatisticsRequest } from '../statistics/statistics.js';
import { measureCompleteness } from './completeness.js';
import type { KernelPool } from './contribution-source.js';
import { layerMapPieces, layerMaps, type MapOptions, type MapPiece } from './layer-maps.js';
import { layerStatistics } from './layer-statistics.js';
import type { TraceOptions } from './trace-options.js';
import { traceableLayers } from './traceable-layers.js';

/** Traces every neuron of a network to every pixel. Maps stream through reductions and are never kept. */
export interface Tracer {
  readonly network: Network;
  /** Those that can be traced. */
  readonly layers: readonly LayerInfo[];
  /** Layers whose contributions depend on weights that are not finite: id → why they are left out. */
  readonly broken: ReadonlyMap<string, string>;
  /** Why the network draws no picture: what its output depends on is not finite. `undefined` where it draws one. */
  readonly noPicture: string | undefined;
  /**
   * Statistics of a frame, per layer: one pass over all maps, and a second one if the request needs it.
   * @throws XincError `not-found` for a layer, `numeric` for a broken one, `cancelled`
   */
  trace(frame: number, request: StatisticsRequest, options?: TraceOptions): Promise<Record<string, LayerStatistics>>;
  /**
   * Signed contribution maps, [n, height, width] of the region (or of the frame); with `channels`, of the layer's
   * contributions to each channel, [n, 3, height, width].
   * @throws XincError `not-found` for a layer or frame, `numeric` for a broken layer, `invalid-option` for a neuron, `unsupported` for `channels` of a
   * layer that does not end in the signal's channels
   */
  maps(layer: string, frame: number, neurons: readonly number[], options?: MapOptions): Promise<Float32Array>;
  /**
   * The same maps in pieces, for those that take more memory than there is: some planes on some rows at a time, in an order
   * of the tracer's own. What no piece holds is zero.
   * @throws XincError as `maps`, before the first piece
   */
  mapPieces(layer: string, frame: number, neurons: readonly number[], options?: MapOptions): AsyncIterable<MapPiece>;
  /** How far the contributions are from adding up to the pre-activations (method §6). */
  completeness(layer: string, frame: number): Promise<Completeness>;
}

/** @throws XincError `numeric` if the contributions of every layer depend on weights that are not finite */
export function createTracer(network: Network, pool: KernelPool): Tracer {
  const { all, broken, noPicture, find } = traceableLayers(network);
  const { signal } = network.inr;
  const layerOn = (frame: number, id: string) => {
    checkFrame(signal, frame);
    return find(id);
  };
  return {
    network,
    layers: all.map(({ info }) => info),
    broken,
    noPicture,
    async trace(frame, request, { layers, ...options } = {}) {
      checkFrame(signal, frame);
      return layerStatistics(network, pool, layers?.map(find) ?? all, frame, request, options);
    },
    maps: async (id, frame, neurons, options = {}) =>
      layerMaps(network, pool, layerOn(frame, id), frame, neurons, options),
    mapPieces: (id, frame, neurons, options = {}) =>
      layerMapPieces(network, pool, layerOn(frame, id), frame, neurons, options),
    completeness: async (id, frame) => measureCompleteness(network, pool, layerOn(frame, id).hook, frame),
  };
}

function checkFrame({ frames }: SignalShape, frame: number): void {
  if (Number.isInteger(frame) && frame >= 0 && frame < frames) return;
  throw new XincError('not-found', `There is no frame ${frame}`, {
    subject: String(frame),
    hint: frames === 1 ? 'An image has frame 0.' : `Frames are numbered 0 to ${frames - 1}.`,
  });
}
