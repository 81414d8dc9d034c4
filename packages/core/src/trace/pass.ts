import { throwIfAborted } from '../errors.js';
import type { CustomCollector } from '../statistics/custom-collector.js';
import type { LayerGathering } from '../statistics/layer-gathering.js';
import type { Chunk } from './chunks.js';
import { feedCollectors } from './custom-collectors.js';
import type { TraceableLayer } from './traceable-layers.js';
import type { OpenTile, TracedFrame } from './traced-frame.js';

/** What one pass over the maps gathers of one layer. */
export interface LayerPass extends TraceableLayer {
  /** The pieces that its neurons are traced in. */
  readonly chunks: readonly Chunk[];
  readonly gathering: LayerGathering;
  /** The accumulators of the collectors that plugins bring. */
  readonly accumulators: readonly ReturnType<CustomCollector['start']>[];
}

export interface PassEvents {
  /** So many neurons more are traced on a tile. */
  onNeurons(layer: LayerPass, neurons: number): void;
  /**
   * A layer could not be traced.
   * @returns whether the others go on without it; otherwise the error is thrown
   */
  onFailure(layer: LayerPass, error: unknown): boolean;
}

/**
 * Streams the maps of every layer, tile by tile, through what is gathered of it.
 * @param readsPrevious whether anything reads the frame before
 */
export async function tracePass(
  frame: TracedFrame,
  readsPrevious: boolean,
  layers: readonly LayerPass[],
  events: PassEvents,
  abort?: AbortSignal,
): Promise<void> {
  const failed = new Set<LayerPass>();
  for await (const tile of frame.tiles(readsPrevious)) {
    throwIfAborted(abort);
    for (const layer of layers) {
      if (failed.has(layer)) continue;
      try {
        await traceTile(layer, tile, (neurons) => events.onNeurons(layer, neurons), abort);
      } catch (error) {
        if (!events.onFailure(layer, error)) throw error;
        failed.add(layer);
      }
    }
  }
  throwIfAborted(abort);
}

async function traceTile(
  { hook, chunks, gathering, accumulators }: LayerPass,
  { part, offset, region, open }: OpenTile,
  onNeurons: (neurons: number) => void,
  abort?: AbortSignal,
): Promise<void> {
  const { source, previous } = await open(hook);
  try {
    const reductions = gathering.reductions(part);
    if (Object.keys(reductions).length > 0) {
      const counts = await source.reduce(
        chunks,
        { ...reductions, ...(previous && { previous }) },
        ({ start, end }, result) => {
          gathering.add(result, { neuron: start, pixel: offset });
          onNeurons(end - start);
        },
        abort,
      );
      for (const result of counts) gathering.add(result, { neuron: 0, pixel: offset });
    }
    await feedCollectors(source, region, accumulators, abort);
  } finally {
    source.dispose();
    previous?.dispose();
  }
}
