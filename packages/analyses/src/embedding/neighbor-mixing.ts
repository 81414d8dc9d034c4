import { permutation, randomStream } from '@xinc/core';
import type { Vectors } from '../numeric/clustering.js';
import { sharedKernels } from '../numeric/kernels.js';
import { nearestNeighbors } from './nearest-neighbors.js';

/** How the runs that neurons come from mix among nearest neighbours, beside what chance gives. All shares are of 1. */
export interface NeighborMixing {
  /** Neurons compared. */
  readonly neurons: number;
  /** Nearest neighbours of each, itself not counted. */
  readonly neighbors: number;
  /** Share of a neuron's nearest neighbours that are of other runs, mean over neurons. */
  readonly observed: number;
  /** What it is where runs do not matter: the share of the other neurons that are of other runs, mean over neurons. */
  readonly expected: number;
  /** Mean of the observed share over permutations of the runs among neurons, and the interval that holds 95 % of them. */
  readonly chance: { readonly mean: number; readonly low: number; readonly high: number };
  /** Part of the permutations in which neighbours are of other runs as seldom as observed or less often, (1 + count) / (1 + permutations). */
  readonly p: number;
}

export interface NeighborMixingOptions {
  /** Nearest neighbours of each neuron, itself not counted; 10, unless given. */
  readonly neighbors?: number;
  /** 999, unless given: the least p is then 0.001. */
  readonly permutations?: number;
}

/**
 * Whether runs have the same kinds of neurons: how often a neuron's nearest neighbours, by Euclidean distance between vectors, are of other runs. The
 * null is that of permuted labels: the neighbours stay, and which run each neuron is of is drawn anew (the k-nearest-neighbours test of Schilling
 * 1986 and Henze 1988, of which this is the complement). It takes neurons for exchangeable; with thousands of them the least difference has a small p, so
 * that the observed share beside the expected says how much runs differ. Equal vectors are no nearer to those of their own run: rows are
 * compared in random order. Deterministic.
 * @param vectors that describe neurons of all runs in the same features, [n, G], all finite
 * @param runOf the run of each, a whole number from 0, [n]
 * @returns `undefined` where there are fewer than two runs, or no more than `neighbors` neurons
 */
export async function neighborMixing(
  vectors: Vectors,
  runOf: ArrayLike<number>,
  { neighbors = 10, permutations = 999 }: NeighborMixingOptions = {},
): Promise<NeighborMixing | undefined> {
  const n = runOf.length;
  const sizes = new Map<number, number>();
  for (let i = 0; i < n; i++) sizes.set(runOf[i], (sizes.get(runOf[i]) ?? 0) + 1);
  if (sizes.size < 2 || n <= neighbors) return undefined;
  const stream = randomStream(0, 'neighbor mixing');
  const order = permutation(n, stream);
  const indices = await neighborsOf(inOrder(vectors, order), neighbors + 1);
  const runs = Int32Array.from(order, (i) => runOf[i]);
  const observed = shareOfOthers(runs, indices, neighbors);
  const shares = Float64Array.from({ length: permutations }, () => {
    const drawn = permutation(n, stream);
    return shareOfOthers(
      drawn.map((i) => runs[i]),
      indices,
      neighbors,
    );
  }).sort();
  const at = (q: number) => shares[Math.round(q * (permutations - 1))];
  let expected = 0;
  for (const size of sizes.values()) expected += (size / n) * ((n - size) / (n - 1));
  const asLow = shares.filter((share) => share <= observed).length;
  return {
    neurons: n,
    neighbors,
    observed,
    expected,
    chance: { mean: shares.reduce((sum, share) => sum + share, 0) / permutations, low: at(0.025), high: at(0.975) },
    p: (1 + asLow) / (1 + permutations),
  };
}

/** @returns nearest vectors of each, itself first, [n, count] */
async function neighborsOf(vectors: Vectors, count: number): Promise<Int32Array> {
  return nearestNeighbors(vectors, count, await sharedKernels()).indices;
}

/** @param indices nearest of each, itself first, [n, neighbors + 1] */
function shareOfOthers(runs: ArrayLike<number>, indices: Int32Array, neighbors: number): number {
  let others = 0;
  for (let i = 0, at = 0; i < runs.length; i++) {
    const own = runs[i];
    at++;
    for (let k = 0; k < neighbors; k++, at++) if (runs[indices[at]] !== own) others++;
  }
  return others / (runs.length * neighbors);
}

function inOrder({ values, dimensions }: Vectors, order: Uint32Array): Vectors {
  const ordered = new Float32Array(values.length);
  for (const [to, from] of order.entries()) {
    ordered.set(values.subarray(from * dimensions, (from + 1) * dimensions), to * dimensions);
  }
  return { values: ordered, dimensions };
}
