import { randomStream } from '@xinc/core';
import type { Curve, LayoutSource } from '@xinc/kernels';
import { UMAP } from 'umap-js';
import { type FuzzyGraph, fuzzyUnion, strongEnough } from './fuzzy-graph.js';
import { SHARES } from './shares.js';

/*
 * The one place that reaches into umap-js, whose version is therefore pinned in package.json. Its public interface takes the neighbours
 * (`setPrecomputedKNN`), but makes the graph of them in maps with text keys, which for 18,352 vectors with 150 neighbours takes
 * minutes and gigabytes, and begins at random places, which tears clusters apart. So three steps of `initializeFit` are replaced: the graph
 * (`fuzzySimplicialSet`, by membership.ts and fuzzy-graph.ts), the search tree for vectors that come later (`makeSearchGraph`; there are none), and the places
 * where the points begin (`initializeSimplicialSetEmbedding`). Its passes over the edges are not made: they take two power functions a sample and one
 * thread, and are @xinc/kernels' `Layout`. The curve of the forces, the passes and their step sizes are umap-js's own.
 */
const REPLACED = ['fuzzySimplicialSet', 'makeSearchGraph', 'initializeSimplicialSetEmbedding'] as const;

/** Largest coordinate before the first pass, and the size of the noise that separates equal vectors. */
const [START, NOISE] = [10, 1e-4];

/** What umap-js does, as its source names it; its types keep these private. */
interface Steps {
  embedding: number[][];
  graph: FuzzyGraph;
  optimizationState: Curve;
  learningRate: number;
  fuzzySimplicialSet(): FuzzyGraph;
  makeSearchGraph(): void;
  initializeSimplicialSetEmbedding(): { head: number[]; tail: number[]; epochsPerSample: number[] };
}

/** UMAP before its first pass. */
export interface StartedUmap {
  /** Where points begin, and their edges. */
  readonly source: LayoutSource;
  readonly curve: Curve;
  readonly passes: number;
  /** The step size before the first pass, from which it falls evenly to 0. */
  readonly learningRate: number;
}

/** The neighbours of n vectors, and how strongly they belong to them. */
export interface Neighborhoods {
  /** Neighbours of each vector, itself included. */
  readonly count: number;
  /** [n, count] */
  readonly indices: Int32Array;
  /** As of `memberships`, [n, count] */
  readonly strengths: Float32Array;
}

/**
 * umap-js before its first pass.
 * @param plane where the vectors begin, but for scale, [n, 2]
 * @throws Error where umap-js is not the version that is known here
 */
export function startUmap(
  plane: Float64Array,
  { count, indices, strengths }: Neighborhoods,
  minDist: number,
): StartedUmap {
  const n = indices.length / count;
  const begin = scaled(plane);
  const stream = randomStream(0, 'umap');
  const umap = new UMAP({ nNeighbors: count, minDist });
  const steps = umap as unknown as Steps;
  for (const step of REPLACED)
    if (typeof steps[step] !== 'function') throw new Error(`This umap-js has no step '${step}'`);
  steps.fuzzySimplicialSet = () => fuzzyUnion(indices, strengths, n);
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
  const { a, b } = steps.optimizationState;
  const source = {
    points: Float32Array.from(begin, (value) => value + NOISE * stream.normal()),
    // Edges are in both directions, and in the order of their second ends.
    heads: tail,
    tails: head,
    rates: weights.map((weight) => weight / largest),
    random: Uint32Array.from({ length: 16 * SHARES }, () => stream.integer(2 ** 32)),
  };
  return { source, curve: { a, b }, passes, learningRate: steps.learningRate };
}

/** The plane with its largest coordinate at `START`. */
function scaled(plane: Float64Array): Float64Array {
  const largest = plane.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest > 0 ? plane.map((value) => (START * value) / largest) : plane;
}
