import type { Grouping, Region } from '@xinc/kernels';
import type { Completeness, LayerInfo } from '../analysis.js';
import { didYouMean } from '../did-you-mean.js';
import type { Arrays } from '../engine.js';
import { isXincError, throwIfAborted, XincError } from '../errors.js';
import type { LabelMap } from '../grouping.js';
import { activationsRead, type LayerHook } from '../inr.js';
import type { Network } from '../network.js';
import type { LayerStatistics, StatisticsRequest } from '../statistics.js';
import { LayerAccumulator, type PassRequest } from './accumulator.js';
import { findBroken } from './broken-weights.js';
import { chunksOf } from './chunks.js';
import { measureCompleteness } from './completeness.js';
import type { ContributionSource, KernelPool, Reductions } from './contribution-source.js';
import { feedCollectors } from './custom-collectors.js';
import { customSource } from './custom-source.js';
import { convSource, denseSource, neuronCount } from './layer-source.js';
import { oneAhead } from './one-ahead.js';
import { thresholdOf } from './threshold.js';
import { type Tile, tilesOf } from './tiles.js';

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

export interface TraceOptions {
  /** Layer ids; all layers if absent. */
  readonly layers?: readonly string[];
  /** The label maps of this frame, by grouping. */
  readonly labels?: Readonly<Record<string, LabelMap>>;
  /** The frame that `change` is measured from. */
  readonly previousFrame?: number;
  readonly onProgress?: (progress: TraceProgress) => void;
  /**
   * Called where a plugin fails to trace a layer of its own: the layer is left out, and the others go on. Without it the
   * error is thrown.
   */
  readonly onFailure?: (layer: string, error: XincError) => void;
  readonly abort?: AbortSignal;
}

export interface TraceProgress {
  readonly layer: string;
  /** Neurons traced so far and in all, over all passes and tiles. */
  readonly done: number;
  readonly total: number;
}

export interface MapOptions {
  readonly region?: Region;
  readonly channels?: boolean;
}

/** Part of some maps. */
export interface MapPiece {
  /** Which planes of [n, height, width], or of [n, 3, height, width], counted over the first axes. */
  readonly planes: readonly number[];
  /** The first pixel of each plane that is here. */
  readonly offset: number;
  /** Pixels of each plane that are here, whole rows of them. */
  readonly pixels: number;
  /** [planes, pixels] */
  readonly values: Float32Array;
}

/** Maps to compute. */
interface Wanted {
  readonly hook: LayerHook;
  readonly frame: number;
  readonly neurons: readonly number[];
  readonly region: Region;
  /** Planes of each neuron. */
  readonly channels: number;
  /** Whether planes are of channels. */
  readonly apart?: boolean;
}

/** Values of maps computed at once, 16 MB. */
const VALUES_AT_ONCE = 1 << 22;

/** What the layers of a trace read on a tile. */
interface TileActivations {
  readonly activations: Arrays;
  /** Of the frame that `change` is measured from. */
  readonly before: Arrays | undefined;
}

/** @throws XincError `numeric` if the contributions of every layer depend on weights that are not finite */
export function createTracer(network: Network, pool: KernelPool): Tracer {
  const { inr, parameters } = network;
  const { layers: broken, picture: noPicture } = findBroken(inr, parameters);
  const traceable = inr.layers.filter(({ id }) => !broken.has(id));
  if (traceable.length === 0) throw untraceable('No layer can be traced', [...broken.values()][0]);
  const { signal } = inr;
  const pixels = signal.height * signal.width;
  const layers = traceable.map(
    (hook): LayerInfo => ({
      id: hook.id,
      label: hook.label,
      neurons: neuronCount(inr, hook),
    }),
  );
  const find = (id: string): { hook: LayerHook; layer: LayerInfo } => {
    const index = layers.findIndex((layer) => layer.id === id);
    if (index >= 0) return { hook: traceable[index], layer: layers[index] };
    const why = broken.get(id);
    if (why !== undefined) throw untraceable(`Layer '${id}' cannot be traced`, why);
    throw new XincError('not-found', `There is no layer '${id}'`, {
      subject: id,
      hint: `${didYouMean(
        id,
        layers.map((layer) => layer.id),
      )}This network has ${layers.map((layer) => layer.id).join(', ')}.`,
    });
  };

  /** Activations that these layers read, on part of a frame. */
  const activationsOf = (hooks: readonly LayerHook[], frame: number, tile: Tile) =>
    network.evaluate(
      frame,
      [...new Set(hooks.flatMap(activationsRead))],
      inr.sampling === 'pixels' ? tile.pixels : undefined,
    );

  const open = async (
    hook: LayerHook,
    frame: number,
    activations: Arrays,
    tile: Tile,
    channel?: number,
  ): Promise<ContributionSource> => {
    if (hook.kind === 'custom') return customSource(hook, { frame, signal, parameters, activations }, tile.region);
    if (hook.kind === 'derived') return pool.open(hook.source({ frame, signal, parameters, activations }, tile.region));
    if (hook.kind === 'conv') return pool.open(convSource(hook, parameters, activations));
    const extent = { pixels: tile.region.height * tile.region.width, width: tile.region.width };
    return pool.open(denseSource(hook, parameters, activations, extent, channel));
  };

  async function trace(frame: number, request: StatisticsRequest, options: TraceOptions = {}) {
    checkFrame(frame);
    const { labels = {}, previousFrame, abort, onProgress, onFailure } = options;
    const chosen = (options.layers ?? layers.map(({ id }) => id)).map(find);
    const hooks = chosen.map(({ hook }) => hook);
    const tiles = tilesOf(inr);
    const first = firstPass(request, labels, previousFrame);
    const twoPasses = request.pixelsPerNeuron || request.neuronsPerPixel;
    const total = chosen.reduce((sum, { layer }) => sum + layer.neurons, 0) * tiles.length * (twoPasses ? 2 : 1);
    let done = 0;
    const failed = new Set<LayerHook>();
    // One tile's activations serve both passes; those of several are computed twice rather than kept.
    let only: TileActivations | undefined;
    const activate = async (tile: Tile, change: boolean): Promise<TileActivations> => ({
      activations: await activationsOf(hooks, frame, tile),
      before: change ? await activationsOf(hooks, previousFrame!, tile) : undefined,
    });

    const runPass = async (requests: readonly PassRequest[], totals?: readonly LayerStatistics[]) => {
      const accumulators = chosen.map(({ layer }, i) => new LayerAccumulator(layer.neurons, pixels, requests[i]));
      const collectors = totals
        ? []
        : (request.custom ?? []).map((collector) => ({
            name: collector.name,
            accumulators: chosen.map(({ layer }) =>
              collector.start({ ...layer, height: signal.height, width: signal.width }),
            ),
          }));
      for await (const [tile, active] of oneAhead(tiles, async (tile) => only ?? activate(tile, requests[0].change))) {
        throwIfAborted(abort);
        if (tiles.length === 1) only = active;
        const groupings = groupingsOf(requests[0], tile, labels);
        for (const [i, { hook, layer }] of chosen.entries()) {
          if (failed.has(hook)) continue;
          const source = await open(hook, frame, active.activations, tile);
          const previous = requests[i].change ? await open(hook, previousFrame!, active.before!, tile) : undefined;
          const outChannels = outputsOf(hook, parameters);
          try {
            const reductions = reductionsOf(requests[i], tile, groupings, totals?.[i], layer.neurons, previous);
            if (reductions) {
              const counts = await source.reduce(
                chunksOf(hook, layer.neurons, outChannels),
                reductions,
                (chunk, result) => {
                  accumulators[i].add(chunk, tile.offset, result);
                  done += chunk.end - chunk.start;
                  onProgress?.({ layer: layer.id, done, total });
                },
                abort,
              );
              accumulators[i].addCounts(tile.offset, counts);
            }
            await feedCollectors(
              source,
              tile.region,
              collectors.map((collector) => collector.accumulators[i]),
              abort,
            );
          } catch (error) {
            if (hook.kind !== 'custom' || !onFailure || !isXincError(error, 'plugin')) throw error;
            failed.add(hook);
            onFailure(hook.id, error);
          } finally {
            source.dispose();
            previous?.dispose();
          }
        }
      }
      throwIfAborted(abort);
      return accumulators.map((accumulator, i): LayerStatistics => {
        const custom = collectors.map((collector) => [collector.name, collector.accumulators[i].result()]);
        return { ...accumulator.result(), custom: Object.fromEntries(custom) };
      });
    };

    const statistics = await runPass(chosen.map(() => first));
    const complete = twoPasses
      ? await runPass(
          statistics.map((layer) => secondPass(request, layer)),
          statistics,
        )
      : [];
    return Object.fromEntries(
      chosen.flatMap(({ hook, layer }, i) =>
        failed.has(hook) ? [] : [[layer.id, joinPasses(request, statistics[i], complete[i])]],
      ),
    );
  }

  function checkFrame(frame: number): void {
    if (Number.isInteger(frame) && frame >= 0 && frame < signal.frames) return;
    throw new XincError('not-found', `There is no frame ${frame}`, {
      subject: String(frame),
      hint: signal.frames === 1 ? 'An image has frame 0.' : `Frames are numbered 0 to ${signal.frames - 1}.`,
    });
  }

  /** What `maps` and `mapPieces` are asked for, checked. */
  function wantedMaps(id: string, frame: number, neurons: readonly number[], { region, channels }: MapOptions): Wanted {
    checkFrame(frame);
    const { hook, layer } = find(id);
    for (const neuron of neurons) {
      if (Number.isInteger(neuron) && neuron >= 0 && neuron < layer.neurons) continue;
      throw new XincError('invalid-option', `Layer '${id}' has no neuron ${neuron}`, {
        subject: String(neuron),
        hint: `Its neurons are numbered 0 to ${layer.neurons - 1}.`,
      });
    }
    const whole = region ?? { top: 0, left: 0, height: signal.height, width: signal.width };
    if (!channels) return { hook, frame, neurons, region: whole, channels: 1 };
    if ((hook.kind === 'dense' || hook.kind === 'conv') && hook.channels) {
      return { hook, frame, neurons, region: whole, channels: hook.channels.length, apart: true };
    }
    throw new XincError('unsupported', `Layer '${id}' does not end in the channels of the picture`, {
      subject: id,
      hint: 'Only the last layer has maps per channel.',
    });
  }

  async function maps(id: string, frame: number, neurons: readonly number[], options: MapOptions = {}) {
    const wanted = wantedMaps(id, frame, neurons, options);
    const area = wanted.region.height * wanted.region.width;
    const out = new Float32Array(neurons.length * wanted.channels * area);
    for await (const { planes, offset, pixels, values } of piecesOf(wanted)) {
      for (const [i, plane] of planes.entries()) {
        out.set(values.subarray(i * pixels, (i + 1) * pixels), plane * area + offset);
      }
    }
    return out;
  }

  /** Activations of a large region would not fit, nor would many maps: some rows of some neurons at a time. */
  async function* piecesOf({ hook, frame, neurons, region, channels, apart }: Wanted): AsyncGenerator<MapPiece> {
    const tiles = inr.sampling === 'frames' ? [regionTile(region, signal.width)] : tilesOf(inr, region);
    for await (const [tile, activations] of oneAhead(tiles, (tile) => activationsOf([hook], frame, tile))) {
      const pixels = tile.region.height * tile.region.width;
      const atOnce = Math.max(1, Math.floor(VALUES_AT_ONCE / pixels));
      // A kernel of a convolution reaches one channel only: its map is that to this channel, and nothing to others.
      const reached = neurons.map((neuron, i) => ({
        neuron,
        i,
        channel: hook.kind === 'conv' ? neuron % channels : 0,
      }));
      const passes =
        apart && hook.kind === 'dense'
          ? Array.from({ length: channels }, (_, channel) => ({
              channel,
              chosen: reached.map((one) => ({ ...one, channel })),
            }))
          : [{ channel: undefined, chosen: reached }];
      for (const { channel, chosen } of passes) {
        const source = await open(hook, frame, activations, tile, channel);
        try {
          for (let first = 0; first < chosen.length; first += atOnce) {
            const some = chosen.slice(first, first + atOnce);
            const wanted = some.map(({ neuron }) => neuron);
            const values = await source.maps(wanted, inr.sampling === 'frames' ? region : undefined);
            yield { planes: some.map((one) => one.i * channels + one.channel), offset: tile.offset, pixels, values };
          }
        } finally {
          source.dispose();
        }
      }
    }
  }

  return {
    network,
    layers,
    broken,
    noPicture,
    trace,
    maps,
    mapPieces: (id, frame, neurons, options = {}) => piecesOf(wantedMaps(id, frame, neurons, options)),
    async completeness(id, frame) {
      checkFrame(frame);
      return measureCompleteness(network, pool, find(id).hook, frame);
    },
  };
}

/** Kernels of one input channel; 1 where neurons are inputs. */
function outputsOf(hook: LayerHook, parameters: Arrays): number {
  if (hook.kind === 'derived') return hook.outputs ?? 1;
  return hook.kind === 'conv' ? parameters[hook.kernel].shape[0] : 1;
}

function untraceable(what: string, why: string): XincError {
  return new XincError('numeric', `${what}: ${why}`, {
    hint: 'Contributions made of such weights mean nothing; train the network or import it again.',
  });
}

/** A region as a tile of its own. */
function regionTile(region: Region, width: number): Tile {
  const pixels = new Uint32Array(region.height * region.width);
  for (let i = 0; i < pixels.length; i++) {
    pixels[i] = (region.top + Math.floor(i / region.width)) * width + region.left + (i % region.width);
  }
  return { region, offset: 0, pixels };
}

function firstPass(
  request: StatisticsRequest,
  labels: Readonly<Record<string, LabelMap>>,
  previousFrame: number | undefined,
): PassRequest {
  const groups = (request.groupSums ?? []).map((name) => {
    const map = labels[name];
    if (!map) throw new XincError('not-found', `There are no labels of the grouping '${name}'`, { subject: name });
    return [name, map.groups.length];
  });
  return {
    neuronTotals: request.neuronTotals ?? false,
    pixelTotals: (request.pixelTotals || request.pixelsPerNeuron) ?? false,
    groupSums: Object.fromEntries(groups),
    histogram: request.histogram || request.neuronsPerPixel !== undefined,
    pixelsPerNeuron: false,
    thresholds: [],
    change: (request.change ?? false) && previousFrame !== undefined,
  };
}

function secondPass(request: StatisticsRequest, { histogram }: LayerStatistics): PassRequest {
  const areas = request.neuronsPerPixel?.areas ?? [];
  return {
    neuronTotals: false,
    pixelTotals: false,
    groupSums: {},
    histogram: false,
    pixelsPerNeuron: request.pixelsPerNeuron ?? false,
    thresholds: areas.map((area) => ({ area, threshold: thresholdOf(histogram!, area) })),
    change: false,
  };
}

/** The groupings of a pass on one tile; one array for all layers, since kernels plan an array's sums once. */
function groupingsOf(
  { groupSums }: PassRequest,
  { offset, region }: Tile,
  labels: Readonly<Record<string, LabelMap>>,
): Grouping[] {
  const end = offset + region.height * region.width;
  return Object.entries(groupSums).map(([name, groups]) => ({
    labels: labels[name].labels.subarray(offset, end),
    groups,
  }));
}

/** What the kernels are asked for on one tile; nothing if the pass wants nothing of them. */
function reductionsOf(
  pass: PassRequest,
  { offset, region }: Tile,
  groupings: readonly Grouping[],
  totals: LayerStatistics | undefined,
  neurons: number,
  previous: ContributionSource | undefined,
): Reductions | null {
  const end = offset + region.height * region.width;
  const { neuronTotals, pixelTotals, histogram, pixelsPerNeuron, thresholds } = pass;
  const wanted =
    neuronTotals ||
    pixelTotals ||
    histogram ||
    pixelsPerNeuron ||
    groupings.length + thresholds.length > 0 ||
    previous !== undefined;
  if (!wanted) return null;
  return {
    neuronTotals,
    pixelTotals,
    histogram,
    ...(groupings.length > 0 && { groupings }),
    ...(pixelsPerNeuron && {
      pixelThreshold: Float32Array.from(totals!.pixelTotals!.subarray(offset, end), (total) => total / neurons),
    }),
    // No value is above the threshold of a layer that has none.
    ...(thresholds.length > 0 && {
      taus: thresholds.map(({ threshold }) => (Number.isNaN(threshold) ? Number.POSITIVE_INFINITY : threshold)),
    }),
    ...(previous && { previous }),
  };
}

/** The statistics asked for; what only the second pass needed is left out. */
function joinPasses(
  request: StatisticsRequest,
  { pixelTotals, histogram, ...first }: LayerStatistics,
  second: LayerStatistics | undefined,
): LayerStatistics {
  return {
    ...first,
    ...(request.pixelTotals && pixelTotals && { pixelTotals }),
    ...(request.histogram && histogram && { histogram }),
    ...(second?.pixelsPerNeuron && { pixelsPerNeuron: second.pixelsPerNeuron }),
    ...(second?.neuronsPerPixel && { neuronsPerPixel: second.neuronsPerPixel }),
  };
}
