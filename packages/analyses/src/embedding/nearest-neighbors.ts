import type { Kernels } from '@xinc/kernels';
import type { Vectors } from '../numeric/clustering.js';

/** The nearest of all vectors to each of some, by Euclidean distance: itself first, then the others from the nearest on. */
export interface Neighbors {
  /** Neighbours of each vector, itself included. */
  readonly count: number;
  /** Of all vectors, [those asked for, count] */
  readonly indices: Int32Array;
  /** [those asked for, count] */
  readonly distances: Float32Array;
}

/** Vectors from `first` to before `end`. */
export interface Rows {
  readonly first: number;
  readonly end: number;
}

/** Vectors between reports of progress. */
const ROWS = 128;

/**
 * Exact nearest neighbours; see @xinc/kernels' `NeighborSearch`.
 * @param count neighbours of each vector, itself included; no more than there are vectors
 * @param onProgress told the share that is done, 0 … 1
 * @param asked whose neighbours are found; without it, those of all
 */
export function nearestNeighbors(
  { values, dimensions }: Vectors,
  count: number,
  kernels: Kernels,
  onProgress?: (share: number) => void,
  asked: Rows = { first: 0, end: values.length / dimensions },
): Neighbors {
  const indices = new Int32Array((asked.end - asked.first) * count);
  const distances = new Float32Array((asked.end - asked.first) * count);
  const search = kernels.openNeighbors(values, dimensions, count);
  try {
    for (let { first } = asked; first < asked.end; first += ROWS) {
      const end = Math.min(first + ROWS, asked.end);
      const [from, to] = [first, end].map((row) => (row - asked.first) * count);
      search.find(first, end, indices.subarray(from, to), distances.subarray(from, to));
      onProgress?.((end - asked.first) / (asked.end - asked.first));
    }
    return { count, indices, distances };
  } finally {
    search.dispose();
  }
}
