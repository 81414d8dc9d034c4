import { loadKernels } from '@xinc/kernels';
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
const SEARCH = 0.3;

/**
 * UMAP of vectors to the plane by Euclidean distance (method §5): exact nearest neighbours, then umap-js, started from the
 * first two principal components. Deterministic. It keeps its thread busy until it is done: run it in one of its own.
 * @returns x and y of each vector, [count, 2]
 */
export async function embedInPlane(
  vectors: Vectors,
  { neighbors, minDist, onProgress }: UmapOptions,
): Promise<Float32Array> {
  const kernels = await loadKernels();
  try {
    const middle = centred(vectors);
    const found = nearestNeighbors(middle, neighbors, kernels, (share) => onProgress?.(SEARCH * share));
    const umap = startUmap(principalPlane(middle), found, minDist, kernels);
    for (let pass = 1; pass <= umap.passes; pass++) {
      umap.pass();
      onProgress?.(SEARCH + (1 - SEARCH) * (pass / umap.passes));
    }
    return umap.points();
  } finally {
    kernels.dispose();
  }
}

/** The vectors minus their mean: distances stay the same, and products lose fewer digits. */
function centred({ values, dimensions }: Vectors): Vectors {
  const means = new Float64Array(dimensions);
  for (let i = 0; i < values.length; i++) means[i % dimensions] += (values[i] * dimensions) / values.length;
  return { values: values.map((value, i) => value - means[i % dimensions]), dimensions };
}
