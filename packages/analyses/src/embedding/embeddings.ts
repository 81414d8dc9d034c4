import { availableParallelism } from 'node:os';
import { MessageChannel } from 'node:worker_threads';
import { throwIfAborted } from '@xinc/core';
import { Piscina } from 'piscina';
import type { Vectors } from '../numeric/clustering.js';
import type { Embedding } from './umap-thread.js';

/** Vectors to be embedded together. */
export interface EmbeddingTask {
  readonly vectors: Vectors;
  /** Nearest neighbours that UMAP uses; fewer than there are vectors. */
  readonly neighbors: number;
}

/**
 * Embeds lists of vectors by UMAP, each by itself, in as many threads as there are processors.
 * @param onProgress told the share of all that is done, 0 … 1
 * @returns x and y of each vector, [count, 2], of each task
 * @throws XincError `cancelled`
 */
export async function embedApart(
  tasks: readonly EmbeddingTask[],
  minDist: number,
  onProgress: (share: number) => void,
  abort?: AbortSignal,
): Promise<Float32Array[]> {
  throwIfAborted(abort);
  const pool = new Piscina({
    filename: new URL('./umap-thread.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: Math.min(tasks.length, availableParallelism()),
    execArgv: [],
  });
  // A pass goes over the edges of the neighbours' graph.
  const work = tasks.map(({ vectors, neighbors }) => (neighbors * vectors.values.length) / vectors.dimensions);
  const total = work.reduce((sum, edges) => sum + edges, 0);
  const done = tasks.map(() => 0);
  const embedded: Promise<Float32Array>[] = [];
  try {
    // The largest first: the others are done beside it.
    const order = [...tasks.keys()].sort((a, b) => work[b] - work[a]);
    for (const i of order) {
      const { port1, port2 } = new MessageChannel();
      port1.on('message', (share: number) => {
        done[i] = share * work[i];
        onProgress(done.reduce((sum, edges) => sum + edges, 0) / total);
      });
      const { vectors, neighbors } = tasks[i];
      const request: Embedding = { vectors, neighbors, minDist, progress: port2 };
      embedded[i] = pool.run(request, { transferList: [port2], ...(abort && { signal: abort }) });
      const close = () => port1.close();
      embedded[i].then(close, close);
    }
    return await Promise.all(embedded);
  } catch (error) {
    throwIfAborted(abort);
    throw error;
  } finally {
    await pool.destroy();
    await Promise.allSettled(embedded);
  }
}
