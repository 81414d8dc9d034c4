import { type NamedRun, type Omission, whole } from '@xinc/core';
import { defaultNeighbors } from '../../embedding/default-neighbors.js';
import { clusterVectors, type Vectors } from '../../numeric/clustering.js';
import { type Mixing, mixing } from '../../numeric/mixing.js';
import type { LayerNeurons } from './layer-neurons.js';
import type { Options } from './options.js';

/** A layer's neurons with their places in the plane and their clusters there. */
export interface Clustered extends LayerNeurons {
  /** Place in the plane, [n, 2] */
  readonly points: Float32Array;
  /** Cluster of each, largest cluster 0, [n] */
  readonly clusters: Uint16Array;
  /** Members of each cluster, nearest to its middle first. */
  readonly ranked: readonly (readonly number[])[];
  /** Part of the variance of the vectors that lies between clusters. */
  readonly explained: number;
  /** Nearest neighbours that UMAP used. */
  readonly neighbors: number;
  readonly mixing: Mixing;
}

/**
 * Embeds the neurons of each layer in the plane and divides them into clusters there.
 * @param omissions gets what could not be done as asked
 */
export async function clusterNeurons(
  layers: readonly LayerNeurons[],
  { clusters, minDist, neighbors: asked }: Options,
  runs: readonly NamedRun[],
  omissions: Omission[],
): Promise<Clustered[]> {
  const ready = layers.map((neurons) => {
    const { layer, members } = neurons;
    const wanted = asked ?? defaultNeighbors(layer.neurons);
    const neighbors = Math.min(wanted, members.length - 1);
    if (neighbors < wanted) {
      omissions.push({
        why: `${layer.id} was embedded with ${neighbors} neighbours, not ${wanted}: it has no more live neurons.`,
      });
    }
    return { ...neurons, neighbors };
  });
  const { progress, signalAborted } = runs[0].context;
  const count = ready.reduce((sum, { members }) => sum + members.length, 0);
  const report = (share: number) => progress?.(`embedding ${whole(count)} neurons`, share);
  const { embedApart } = await import('../../embedding/embeddings.js');
  const embedded = await embedApart(ready, minDist, report, signalAborted);
  const clustered: Clustered[] = [];
  for (const [i, neurons] of ready.entries()) {
    const { members, vectors } = neurons;
    const points = embedded[i];
    const { labels } = await clusterVectors({ values: points, dimensions: 2 }, { clusters, seed: 0 });
    const ranked = rankedMembers(labels, points);
    const ofMember = new Uint16Array(members.length);
    for (const [k, ofCluster] of ranked.entries()) for (const i of ofCluster) ofMember[i] = k;
    const counts = ranked.map((ofCluster) =>
      runs.map((_, run) => ofCluster.filter((i) => members[i].run === run).length),
    );
    const explained = explainedVariance(vectors, ofMember, ranked.length);
    clustered.push({ ...neurons, points, clusters: ofMember, ranked, explained, mixing: mixing(counts) });
  }
  return clustered;
}

/** Members of each cluster, clusters from the largest to the smallest, members from its middle outward. */
function rankedMembers(labels: Uint16Array, points: Float32Array): number[][] {
  const members: number[][] = [];
  for (const [i, label] of labels.entries()) {
    members[label] ??= [];
    members[label].push(i);
  }
  for (const ofCluster of members) {
    const [x, y] = [0, 1].map((axis) => ofCluster.reduce((sum, i) => sum + points[2 * i + axis], 0) / ofCluster.length);
    const distance = (i: number) => Math.hypot(points[2 * i] - x, points[2 * i + 1] - y);
    ofCluster.sort((a, b) => distance(a) - distance(b) || a - b);
  }
  return members.sort((a, b) => b.length - a.length);
}

/** 1 − variance within clusters / variance over all; 0 where vectors do not vary. */
function explainedVariance({ values, dimensions }: Vectors, clusters: Uint16Array, count: number): number {
  const sums = new Float64Array(count * dimensions);
  const sizes = new Uint32Array(count);
  const overall = new Float64Array(dimensions);
  let squares = 0;
  for (const [i, k] of clusters.entries()) {
    sizes[k]++;
    for (let d = 0; d < dimensions; d++) {
      const value = values[i * dimensions + d];
      sums[k * dimensions + d] += value;
      overall[d] += value;
      squares += value * value;
    }
  }
  const between = sums.reduce((sum, value, i) => sum + value ** 2 / sizes[Math.floor(i / dimensions)], 0);
  const middle = overall.reduce((sum, value) => sum + value ** 2 / clusters.length, 0);
  const total = squares - middle;
  return total > 1e-9 * squares ? Math.min(Math.max((between - middle) / total, 0), 1) : 0;
}
