import type { EmbeddingTask } from './embedding-task.js';
import { sharedBy } from './move-points.js';
import { sharedCopy, sharedFloats, sharedInts } from './shared-memory.js';
import type { Neighborhoods } from './start-umap.js';
import { SEARCH } from './umap.js';
import type { UmapThreads } from './umap-threads.js';

/**
 * Embeds vectors by all threads together: each finds neighbours of its share of the vectors, one makes the graph, and each moves its share
 * of the points. Tasks of one thread may run beside it, but no other of this kind, since threads that move points wait for one another.
 * @param onProgress told the share that is done, 0 … 1
 * @param onGraph told that one thread makes the graph, and the others have nothing to do until it is made
 * @returns x and y of each vector, [count, 2]: to the last bit those of `embedInPlane`
 */
export async function embedTogether(
  { vectors: given, neighbors }: EmbeddingTask,
  minDist: number,
  threads: UmapThreads,
  onProgress: (share: number) => void,
  onGraph: () => void,
): Promise<Float32Array> {
  const { count: of } = threads;
  const vectors = { ...given, values: sharedCopy(given.values) };
  const n = vectors.values.length / vectors.dimensions;
  const found: Neighborhoods = {
    count: neighbors,
    indices: sharedInts(n * neighbors),
    strengths: sharedFloats(n * neighbors),
  };
  const indices = Array.from({ length: of }, (_, index) => index);
  const done = indices.map(() => 0);
  const searched = (index: number) => (share: number) => {
    done[index] = share / of;
    onProgress(SEARCH * done.reduce((sum, own) => sum + own, 0));
  };
  await Promise.all(
    indices.map((index) => {
      const rows = { first: Math.floor((n * index) / of), end: Math.floor((n * (index + 1)) / of) };
      return threads.run('search', { vectors, rows, found }, searched(index));
    }),
  );
  const started = threads.run('start', { vectors, found, minDist });
  onGraph();
  const umap = await started;
  const shared = sharedBy(of, umap);
  const moved = (share: number) => onProgress(SEARCH + (1 - SEARCH) * share);
  const [points] = await Promise.all(
    indices.map((index) => threads.run('move', { umap, part: { index, of }, shared }, index === 0 ? moved : undefined)),
  );
  return points;
}
