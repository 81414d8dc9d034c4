import { type Kernels, loadKernels } from '@xinc/kernels';
import type { Vectors } from '../numeric/clustering.js';
import { memberships } from './membership.js';
import { movePoints, sharedBy } from './move-points.js';
import { nearestNeighbors, type Rows } from './nearest-neighbors.js';
import { principalPlane } from './principal-plane.js';
import { type Neighborhoods, type StartedUmap, startUmap } from './start-umap.js';

export interface UmapOptions {
  /** Nearest neighbours of each vector, itself counted, as in umap-learn; fewer than there are vectors. */
  readonly neighbors: number;
  /** Smallest distance between points of the embedding that are alike. */
  readonly minDist: number;
  /** Told the share that is done, 0 … 1. */
  readonly onProgress?: (share: number) => void;
}

/** About the part of the time that the search for neighbours takes. */
export const SEARCH = 0.3;

/**
 * UMAP of vectors to the plane by Euclidean distance (method §5): exact nearest neighbours, then umap-js, started from the
 * first two principal components. Deterministic. It keeps its thread busy until it is done: run it in one of its own.
 * @returns x and y of each vector, [count, 2]
 */
export async function embedInPlane(
  vectors: Vectors,
  { neighbors, minDist, onProgress }: UmapOptions,
): Promise<Float32Array> {
  return withKernels((kernels) => {
    const middle = centred(vectors);
    const found = neighborhoods(middle, neighbors, kernels, (share) => onProgress?.(SEARCH * share));
    const umap = startInPlane(middle, found, minDist);
    return movePoints(umap, kernels, { index: 0, of: 1 }, sharedBy(1, umap), (passes) =>
      onProgress?.(SEARCH + (1 - SEARCH) * (passes / umap.passes)),
    );
  });
}

/**
 * The neighbours of some of the centred vectors, and how strongly they belong to them.
 * @param asked which vectors; without it, all
 */
export function neighborhoods(
  middle: Vectors,
  neighbors: number,
  kernels: Kernels,
  onProgress: (share: number) => void,
  asked?: Rows,
): Neighborhoods {
  const { count, indices, distances } = nearestNeighbors(middle, neighbors, kernels, onProgress, asked);
  return { count, indices, strengths: memberships({ count, distances }) };
}

/** UMAP of centred vectors before its first pass. */
export function startInPlane(middle: Vectors, found: Neighborhoods, minDist: number): StartedUmap {
  return startUmap(principalPlane(middle), found, minDist);
}

/** The vectors minus their mean: distances stay the same, and products lose fewer digits. */
export function centred({ values, dimensions }: Vectors): Vectors {
  const means = new Float64Array(dimensions);
  for (let i = 0; i < values.length; i++) means[i % dimensions] += (values[i] * dimensions) / values.length;
  return { values: values.map((value, i) => value - means[i % dimensions]), dimensions };
}

/** Loads kernels for as long as some work takes. */
export async function withKernels<R>(work: (kernels: Kernels) => R): Promise<R> {
  const kernels = await loadKernels();
  try {
    return work(kernels);
  } finally {
    kernels.dispose();
  }
}
