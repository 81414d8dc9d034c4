import { randomStream } from '@xinc/core';
import type { Kernels } from '@xinc/kernels';
import { UMAP } from 'umap-js';
import { type FuzzyGraph, fuzzyUnion, strongEnough } from './fuzzy-graph.js';
import type { Neighbors } from './nearest-neighbors.js';

/*
 * The one place that reaches into umap-js, whose version is therefore pinned in package.json. Its public interface takes the neighbours
 * (`setPrecomputedKNN`), but makes the graph of them in maps with text keys, which for 18,352 vectors with 150 neighbours takes
 * minutes and gigabytes, and begins at random places, which tears clusters apart. So three steps of `initializeFit` are replaced: the graph
 * (`fuzzySimplicialSet`, by fuzzy-graph.ts), the search tree for vectors that come later (`makeSearchGraph`; there are none), and the places
 * where the points begin (`initializeSimplicialSetEmbedding`). What a pass of the optimiser does to the points (`optimizeLayoutStep`) is
 * @xinc/kernels' `Layout`: umap-js takes two power functions a sample, four fifths of the time of all. How near neighbours are, the curve of
 * the forces, the passes and their step sizes are umap-js's own.
 */
const REPLACED = [
  'fuzzySimplicialSet',
  'makeSearchGraph',
  'initializeSimplicialSetEmbedding',
  'optimizeLayoutStep',
] as const;

/** Largest coordinate before the first pass, and the size of the noise that separates equal vectors. */
const [START, NOISE] = [10, 1e-4];

/** What umap-js does, as its source names it; its types keep these private. */
interface Steps {
  embedding: number[][];
  graph: FuzzyGraph;
  /** Also what a pass changes: the step size `alpha`, and how many passes were done. */
  optimizationState: { readonly a: number; readonly b: number; alpha: number; currentEpoch: number };
  learningRate: number;
  getNEpochs(): number;
  smoothKNNDistance(distances: unknown, neighbors: number): { sigmas: number[]; rhos: number[] };
  computeMembershipStrengths(...known: unknown[]): { vals: number[] };
  fuzzySimplicialSet(): FuzzyGraph;
  makeSearchGraph(): void;
  initializeSimplicialSetEmbedding(): { head: number[]; tail: number[]; epochsPerSample: number[] };
  optimizeLayoutStep(pass: number): void;
}

/** umap-js before its first pass, and where its points are. */
export interface StartedUmap {
  readonly passes: number;
  pass(): void;
  /** x and y of each vector, [n, 2]. */
  points(): Float32Array;
}

/**
 * umap-js before its first pass.
 * @param plane where the vectors begin, but for scale, [n, 2]
 * @param kernels disposed of by the caller
 * @throws Error where umap-js is not the version that is known here
 */
export function startUmap(
  plane: Float64Array,
  { count, indices, distances }: Neighbors,
  minDist: number,
  kernels: Kernels,
): StartedUmap {
  const n = indices.length / count;
  const begin = scaled(plane);
  const stream = randomStream(0, 'umap');
  const umap = new UMAP({ nNeighbors: count, minDist });
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
  // Points and edges are the layout's; umap-js asks how many coordinates a first point has.
  steps.initializeSimplicialSetEmbedding = () => {
    steps.embedding = [[0, 0]];
    return { head: [], tail: [], epochsPerSample: [] };
  };
  umap.setPrecomputedKNN([], []);
  const passes = umap.initializeFit(new Array(n));
  const { head, tail, weights } = strongEnough(steps.graph, passes);
  const largest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  const layout = kernels.openLayout({
    points: Float32Array.from(begin, (value) => value + NOISE * stream.normal()),
    heads: head,
    tails: tail,
    rates: weights.map((weight) => weight / largest),
    random: Uint32Array.from({ length: 16 }, () => stream.integer(2 ** 32)),
  });
  steps.optimizeLayoutStep = (pass) => {
    const state = steps.optimizationState;
    if (pass > 0) layout.pass(pass, state.alpha, state);
    state.alpha = steps.learningRate * (1 - pass / passes);
    state.currentEpoch = pass + 1;
  };
  return { passes, pass: () => void umap.step(), points: () => layout.points() };
}

/** The plane with its largest coordinate at `START`. */
function scaled(plane: Float64Array): Float64Array {
  const largest = plane.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest > 0 ? plane.map((value) => (START * value) / largest) : plane;
}
