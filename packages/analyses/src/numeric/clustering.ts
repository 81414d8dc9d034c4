import type { Kernels } from '@xinc/kernels';
import { sharedKernels } from './kernels.js';
import { scattered } from './spread.js';

/** Points of one cluster analysis: `count` vectors of `dimensions` numbers, row-major. */
export interface Vectors {
  readonly values: Float32Array;
  readonly dimensions: number;
}

export interface Clustering {
  /** Cluster of each vector, [count]. */
  readonly labels: Uint16Array;
  /** One per cluster, none empty, ordered by the sum of their components. */
  readonly centroids: readonly Float64Array[];
}

export interface ClusteringOptions {
  readonly clusters: number;
  readonly seed: number;
}

/**
 * The seed of groupings: not the run's, so that the same picture has the same groups in runs of different seeds and their
 * neurons can be compared.
 */
export const GROUPING_SEED = 0;

/**
 * Vectors per cluster that ml-kmeans is fitted to. Fitting every pixel takes it seconds; 128 per cluster and the passes
 * over all vectors below come within a few per cent of its within-cluster sum of squares (see the tests).
 */
const SAMPLES_PER_CLUSTER = 128;
const PASSES_OVER_ALL = 5;

/**
 * K-means with kmeans++ seeding by ml-kmeans on an evenly spread sample of the vectors, then a few of Lloyd's iterations
 * over all of them. Deterministic for a seed. Vectors with no more distinct values than clusters asked for become one
 * cluster per value, so there can be fewer clusters than asked for.
 */
export async function clusterVectors(vectors: Vectors, options: ClusteringOptions): Promise<Clustering> {
  const kernels = await sharedKernels();
  const distinct = firstDistinct(vectors, options.clusters + 1);
  const start =
    distinct.length <= options.clusters
      ? distinct.map((index) => Float64Array.from(vectorAt(vectors, index)))
      : await fitSample(vectors, distinct, options);
  let { labels, centroids } = assign(kernels, vectors, start);
  for (let pass = 1; pass < PASSES_OVER_ALL; pass++) ({ labels, centroids } = assign(kernels, vectors, centroids));
  return orderedWithoutEmpty(labels, centroids);
}

/** Vectors of all pictures together that clusters are fitted to, at most, so that time and memory do not grow with the video. */
const MOST_TOGETHER = 2 ** 18;

/**
 * Clusters of the vectors of several pictures together: fitted to as many of each picture, evenly spread, all where they are
 * few. Deterministic for a seed.
 * @param pictures give the vectors of a picture each: at most so many, those of `scattered` pixels
 * @returns the clusters' middles, and what tells the nearest of each vector, [count]
 */
export async function clusterTogether(
  pictures: readonly ((most: number) => Promise<Vectors>)[],
  options: ClusteringOptions,
): Promise<{ readonly centroids: readonly Float64Array[]; labels(vectors: Vectors): Uint16Array }> {
  const samples: Vectors[] = [];
  for (const picture of pictures) samples.push(await picture(Math.ceil(MOST_TOGETHER / pictures.length)));
  const { centroids } = await clusterVectors(joinVectors(samples), options);
  const kernels = await sharedKernels();
  return { centroids, labels: ({ values, dimensions }) => kernels.nearest(values, dimensions, centroids) };
}

/** All vectors in one list; they have as many dimensions each. */
export function joinVectors(parts: readonly Vectors[]): Vectors {
  const values = new Float32Array(parts.reduce((length, part) => length + part.values.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part.values, at);
    at += part.values.length;
  }
  return { values, dimensions: parts[0].dimensions };
}

/** At most so many of the vectors, evenly spread. */
export function sampleOf(vectors: Vectors, limit: number): Vectors {
  const { values, dimensions } = vectors;
  const count = values.length / dimensions;
  if (count <= limit) return vectors;
  const sampled = new Float32Array(limit * dimensions);
  const indices = scattered(count, limit);
  for (let i = 0, to = 0; i < limit; i++) {
    const from = indices[i] * dimensions;
    for (let d = 0; d < dimensions; d++) sampled[to++] = values[from + d];
  }
  return { values: sampled, dimensions };
}

const vectorAt = ({ values, dimensions }: Vectors, index: number): Float32Array =>
  values.subarray(index * dimensions, (index + 1) * dimensions);

/** Indices of the first vectors that differ from all before them, at most `limit`. */
function firstDistinct(vectors: Vectors, limit: number): number[] {
  const { values, dimensions } = vectors;
  const found: number[] = [];
  for (let i = 0; i * dimensions < values.length && found.length < limit; i++) {
    const known = found.some((other) => {
      for (let d = 0; d < dimensions; d++) {
        if (values[i * dimensions + d] !== values[other * dimensions + d]) return false;
      }
      return true;
    });
    if (!known) found.push(i);
  }
  return found;
}

async function fitSample(
  vectors: Vectors,
  distinct: readonly number[],
  { clusters, seed }: ClusteringOptions,
): Promise<Float64Array[]> {
  const { kmeans } = await import('ml-kmeans');
  const count = vectors.values.length / vectors.dimensions;
  const sample = scattered(count, clusters * SAMPLES_PER_CLUSTER);
  // The distinct vectors keep kmeans++ from running out of values where most of the picture has one colour.
  const points = [...sample, ...distinct].map((index) => Array.from(vectorAt(vectors, index)));
  return kmeans(points, clusters, { seed }).centroids.map((centroid) => Float64Array.from(centroid));
}

/** One of Lloyd's iterations: every vector to its nearest centroid, then every centroid to the mean of its vectors. */
function assign(kernels: Kernels, { values, dimensions }: Vectors, centroids: readonly Float64Array[]): Clustering {
  const labels = kernels.nearest(values, dimensions, centroids);
  const sums = new Float64Array(centroids.length * dimensions);
  const sizes = new Uint32Array(centroids.length);
  for (let i = 0, from = 0; i < labels.length; i++, from += dimensions) {
    const to = labels[i] * dimensions;
    sizes[labels[i]]++;
    for (let d = 0; d < dimensions; d++) sums[to + d] += values[from + d];
  }
  const means = centroids.map((centroid, k) =>
    sizes[k] === 0 ? centroid : centroid.map((_, d) => sums[k * dimensions + d] / sizes[k]),
  );
  return { labels, centroids: means };
}

function orderedWithoutEmpty(labels: Uint16Array, centroids: readonly Float64Array[]): Clustering {
  const sizes = new Uint32Array(centroids.length);
  for (const label of labels) sizes[label]++;
  const sums = centroids.map((centroid) => centroid.reduce((total, value) => total + value, 0));
  const order = [...centroids.keys()].filter((k) => sizes[k] > 0).sort((a, b) => sums[a] - sums[b] || a - b);
  const rank = new Uint16Array(centroids.length);
  for (const [position, k] of order.entries()) rank[k] = position;
  return { labels: labels.map((label) => rank[label]), centroids: order.map((k) => centroids[k]) };
}
