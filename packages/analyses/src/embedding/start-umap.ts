import { randomStream } from '@xinc/core';
import { UMAP } from 'umap-js';
import { type FuzzyGraph, fuzzyUnion, strongEnough } from './fuzzy-graph.js';
import type { Neighbors } from './nearest-neighbors.js';

/*
 * The one place that reaches into umap-js, whose version is therefore pinned in package.json. Its public interface takes the neighbours
 * (`setPrecomputedKNN`), but makes the graph of them in maps with text keys, which for 18,352 vectors with 150 neighbours takes
 * minutes and gigabytes, and begins at random places, which tears clusters apart. So three steps of `initializeFit` are replaced: the graph
 * (`fuzzySimplicialSet`, by fuzzy-graph.ts), the search tree for vectors that come later (`makeSearchGraph`; there are none), and the places
 * where the points begin (`initializeSimplicialSetEmbedding`). The passes of the optimiser, `step`, are umap-js's own.
 */
const REPLACED = ['fuzzySimplicialSet', 'makeSearchGraph', 'initializeSimplicialSetEmbedding'] as const;

/** Largest coordinate before the first pass, and the size of the noise that separates equal vectors. */
const [START, NOISE] = [10, 1e-4];

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
 * umap-js before its first pass.
 * @param plane where the vectors begin, but for scale, [n, 2]
 * @throws Error where umap-js is not the version that is known here
 */
export function startUmap(plane: Float64Array, { count, indices, distances }: Neighbors, minDist: number) {
  const n = indices.length / count;
  const begin = scaled(plane);
  const stream = randomStream(0, 'umap');
  const umap = new UMAP({ nNeighbors: count, minDist, random: stream.uniform });
  const steps = umap as unknown as Steps;
  for (const step of REPLACED)
    if (typeof steps[step] !== 'function') throw new Error(`This umap-js has no step '${step}'`);
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
      [0, 1].map((axis) => begin[2 * i + axis] + NOISE * stream.normal()),
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
