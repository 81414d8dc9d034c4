import { throwIfAborted } from '@xinc/core';
import type { Vectors } from './clustering.js';
import { withoutNewEndings } from './process-listeners.js';

export interface UmapOptions {
  /** Nearest neighbours of each vector, itself not counted; fewer than there are vectors. */
  readonly neighbors: number;
  /** Smallest distance between points of the embedding that are alike. */
  readonly minDist: number;
  /** Told the share that is done, 0 … 1. */
  readonly onProgress?: (share: number) => void;
  readonly abort?: AbortSignal | undefined;
}

/** Passes over the neighbourhood graph, as the reference implementation chooses them (McInnes et al. 2018). */
const epochsFor = (count: number): number => (count <= 10_000 ? 500 : 200);

/** Milliseconds between looks at progress and cancellation. */
const SLICE = 200;

/**
 * UMAP of vectors to the plane by Euclidean distance (method §5), with exact nearest neighbours; computed by umappp and
 * knncolle in WebAssembly (scran.js), which start from a spectral embedding and draw from streams of fixed seeds, so the
 * result is always the same.
 * @returns x and y of each vector, [count, 2]
 * @throws XincError `cancelled`
 */
export function embedInPlane(vectors: Vectors, options: UmapOptions): Promise<Float32Array> {
  const turn = queue.then(() => embed(vectors, options));
  queue = turn.catch(() => undefined);
  return turn;
}

/** scran.js has one WebAssembly memory at a time: embeddings take turns. */
let queue: Promise<unknown> = Promise.resolve();

async function embed({ values, dimensions }: Vectors, options: UmapOptions): Promise<Float32Array> {
  const { neighbors, minDist, onProgress, abort } = options;
  throwIfAborted(abort);
  const count = values.length / dimensions;
  const scran = await withoutNewEndings(async () => {
    const loaded = await import('scran.js');
    await loaded.initialize({ numberOfThreads: threads() });
    return loaded;
  });
  try {
    const shape = { numberOfDims: dimensions, numberOfCells: count, approximate: false };
    const index = scran.buildNeighborSearchIndex(Float64Array.from(values), shape);
    const nearest = scran.findNearestNeighbors(index, neighbors);
    await breath();
    throwIfAborted(abort);
    const layout = scran.initializeUmap(nearest, { neighbors, minDist, epochs: epochsFor(count) });
    while (layout.currentEpoch() < layout.totalEpochs()) {
      layout.run({ runTime: SLICE });
      onProgress?.(layout.currentEpoch() / layout.totalEpochs());
      await breath();
      throwIfAborted(abort);
    }
    const { x, y } = layout.extractCoordinates();
    return Float32Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? x : y)[i >> 1]);
  } finally {
    // Frees all that was allocated with the memory itself.
    scran.terminate();
  }
}

/** Lets timers, signals and other work have a turn. */
const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

function threads(): number {
  const { navigator } = globalThis as { navigator?: { hardwareConcurrency?: number } };
  return Math.min(navigator?.hardwareConcurrency ?? 2, 4);
}
