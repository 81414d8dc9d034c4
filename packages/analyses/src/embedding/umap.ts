import { randomStream } from '@xinc/core';
import { UMAP } from 'umap-js';
import type { Vectors } from '../numeric/clustering.js';
import { type FuzzyGraph, fuzzyUnion, strongEnough } from './fuzzy-graph.js';
import { type Neighbors, nearestNeighbors } from './nearest-neighbors.js';
import { principalPlane } from './principal-plane.js';

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
/** Largest coordinate before the first pass, and the size of the noise that separates equal vectors. */
const [START, NOISE] = [10, 1e-4];

/**
 * UMAP of vectors to the plane by Euclidean distance (method §5): exact nearest neighbours, then umap-js, started from the
 * first two principal components. Deterministic. It does not return before it is done: run it in a thread of its own.
 * @returns x and y of each vector, [count, 2]
 */
export function embedInPlane(vectors: Vectors, { neighbors, minDist, onProgress }: UmapOptions): Float32Array {
  const middle = centred(vectors);
  const found = nearestNeighbors(middle, neighbors, (share) => onProgress?.(SEARCH * share));
  const { umap, epochs } = start(scaled(principalPlane(middle)), found, minDist);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    umap.step();
    onProgress?.(SEARCH + (1 - SEARCH) * (epoch / epochs));
  }
  return Float32Array.from(umap.getEmbedding().flat());
}

/** What umap-js does within `initializeFit`, as its source names it; its types keep these private. */
interface Steps {
  embedding: number[][];
  graph: FuzzyGraph;
  optimizationState: Record<string, unknown>;
  getNEpochs(): number;
  smoothKNNDistance(distances: unknown, neighbors: number): { sigmas: number[]; rhos: number[] };
  computeMembershipStrengths(...known: unknown[]): { vals: number[] };
  fuzzySimplicialSet(): FuzzyGraph;
  makeSearchGraph(): void;
  initializeSimplicialSetEmbedding(): { head: Int32Array; tail: Int32Array; epochsPerSample: Float64Array };
}

/**
 * umap-js before its first pass. It would keep the graph in maps with text keys, which for 18,352 vectors with 150 neighbours
 * take minutes and gigabytes, and start at random places: both are replaced here.
 */
function start(plane: Float64Array, { count, indices, distances }: Neighbors, minDist: number) {
  const n = indices.length / count;
  const stream = randomStream(0, 'umap');
  const umap = new UMAP({ nNeighbors: count, minDist, random: stream.uniform });
  const steps = umap as unknown as Steps;
  const rowsOf = <T extends Int32Array | Float32Array>(all: T) =>
    Array.from({ length: n }, (_, i) => all.subarray(i * count, (i + 1) * count));
  const known = { indices: rowsOf(indices), distances: rowsOf(distances) };
  steps.fuzzySimplicialSet = () => {
    const { sigmas, rhos } = steps.smoothKNNDistance(known.distances, count);
    const { vals } = steps.computeMembershipStrengths(known.indices, known.distances, sigmas, rhos);
    return fuzzyUnion(indices, vals, n);
  };
  // It prepares the embedding of further vectors, and there are none.
  steps.makeSearchGraph = () => {};
  steps.initializeSimplicialSetEmbedding = () => {
    const { head, tail, weights } = strongEnough(steps.graph, steps.getNEpochs());
    steps.embedding = Array.from({ length: n }, (_, i) =>
      [0, 1].map((axis) => plane[2 * i + axis] + NOISE * stream.normal()),
    );
    const largest = weights.reduce((most, weight) => Math.max(most, weight), 0);
    return { head, tail, epochsPerSample: Float64Array.from(weights, (weight) => largest / weight) };
  };
  umap.setPrecomputedKNN([], []);
  const epochs = umap.initializeFit(new Array(n));
  // Numbers per edge are faster to go through in typed arrays.
  const state = steps.optimizationState;
  for (const [name, value] of Object.entries(state)) {
    if (Array.isArray(value) && typeof value[0] === 'number') state[name] = Float64Array.from(value);
  }
  return { umap, epochs };
}

/** The plane with its largest coordinate at `START`. */
function scaled(plane: Float64Array): Float64Array {
  const largest = plane.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest > 0 ? plane.map((value) => (START * value) / largest) : plane;
}

/** The vectors minus their mean: distances stay the same, and products lose fewer digits. */
function centred({ values, dimensions }: Vectors): Vectors {
  const means = new Float64Array(dimensions);
  for (let i = 0; i < values.length; i++) means[i % dimensions] += (values[i] * dimensions) / values.length;
  return { values: values.map((value, i) => value - means[i % dimensions]), dimensions };
}
