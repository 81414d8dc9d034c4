import type { Vectors } from '../numeric/clustering.js';
import { nearestNeighbors } from './nearest-neighbors.js';
import { principalPlane } from './principal-plane.js';
import { startUmap } from './start-umap.js';

export interface UmapOptions {
  /** Nearest neighbours of each vector, itself counted, as in umap-learn; fewer than there are vectors. */
  readonly neighbors: number;
  /** Smallest distance between points of the embedding that are alike. */
  readonly minDist: number;
  /** Told the share that is done, 0 … 1. */
  readonly onProgress?: (share: number) => void;
}

/** About the part of the time that the search for neighbours takes. */
const SEARCH = 0.15;

/**
 * UMAP of vectors to the plane by Euclidean distance (method §5): exact nearest neighbours, then umap-js, started from the
 * first two principal components. Deterministic. It does not return before it is done: run it in a thread of its own.
 * @returns x and y of each vector, [count, 2]
 */
export function embedInPlane(vectors: Vectors, { neighbors, minDist, onProgress }: UmapOptions): Float32Array {
  const middle = centred(vectors);
  const found = nearestNeighbors(middle, neighbors, (share) => onProgress?.(SEARCH * share));
  const { umap, epochs } = startUmap(principalPlane(middle), found, minDist);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    umap.step();
    onProgress?.(SEARCH + (1 - SEARCH) * (epoch / epochs));
  }
  return Float32Array.from(umap.getEmbedding().flat());
}

/** The vectors minus their mean: distances stay the same, and products lose fewer digits. */
function centred({ values, dimensions }: Vectors): Vectors {
  const means = new Float64Array(dimensions);
  for (let i = 0; i < values.length; i++) means[i % dimensions] += (values[i] * dimensions) / values.length;
  return { values: values.map((value, i) => value - means[i % dimensions]), dimensions };
}
