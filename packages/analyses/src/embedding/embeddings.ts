import { availableParallelism } from 'node:os';
import { throwIfAborted } from '@xinc/core';
import { embedTogether } from './embed-together.js';
import type { EmbeddingTask } from './embedding-task.js';
import { SHARES } from './shares.js';
import { startThreads } from './umap-threads.js';

/** Edges of the neighbours' graph from which on a task is divided among all threads: with fewer, they would wait more for one another than they gain. */
const MANY_EDGES = 500_000;

/**
 * Embeds lists of vectors by UMAP, each by itself, in as many threads as there are processors. Large ones are divided among all threads. The
 * places are the same, to the last bit, for any number of threads.
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
  // A pass goes over the edges of the neighbours' graph.
  const edges = tasks.map(({ vectors, neighbors }) => (neighbors * vectors.values.length) / vectors.dimensions);
  const total = edges.reduce((sum, count) => sum + count, 0);
  const done = tasks.map(() => 0);
  const tell = (i: number) => (share: number) => {
    done[i] = share * edges[i];
    onProgress(done.reduce((sum, count) => sum + count, 0) / total);
  };
  const processors = availableParallelism();
  const large = [...tasks.keys()].filter((i) => processors > 1 && edges[i] >= MANY_EDGES);
  // Small ones are done beside the large ones, the largest of them first, from when one thread makes the graph of the first large one.
  const small = [...tasks.keys()].filter((i) => !large.includes(i)).sort((a, b) => edges[b] - edges[a]);
  const threads = startThreads(Math.min(processors, large.length > 0 ? SHARES : tasks.length), abort);
  const embedded: Float32Array[] = [];
  let beginSmall = () => {};
  const begun = new Promise<void>((resolve) => {
    beginSmall = resolve;
  });
  const embedLarge = async () => {
    for (const i of large) embedded[i] = await embedTogether(tasks[i], minDist, threads, tell(i), beginSmall);
  };
  const embedSmall = async (i: number) => {
    await begun;
    embedded[i] = await threads.run('embed', { ...tasks[i], minDist }, tell(i));
  };
  if (large.length === 0) beginSmall();
  try {
    await Promise.all([embedLarge(), ...small.map(embedSmall)]);
    return embedded;
  } catch (error) {
    throwIfAborted(abort);
    throw error;
  } finally {
    await threads.end();
  }
}
