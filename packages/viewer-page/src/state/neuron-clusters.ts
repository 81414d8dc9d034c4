import type { NpyArray } from '@xinc/core/formats';
import { AccessError } from '../access/access-error.js';
import type { LayerView, RunView } from '../api.js';

/** Which neurons of a layer paint alike, from the run's `neuron-clusters` analysis. */
export interface NeuronClusters {
  /** Ids of the run and the layer. */
  readonly run: string;
  readonly layer: string;
  /** The frame whose maps were compared: the one on screen, else the nearest that was analysed. */
  readonly frame: number;
  /** The cluster of each neuron, largest cluster 0, [N]; −1 for neurons left out. */
  readonly clusters: Int32Array;
  /** Place in the plane (UMAP), [N, 2]; NaN for neurons left out. */
  readonly embedding: Float32Array;
  /** Number of clusters. */
  readonly count: number;
}

const CLUSTERS_ANALYSIS = 'neuron-clusters';

/** Where the clusters of a layer are stored. */
export interface StoredClusters {
  /** Ids. */
  readonly run: string;
  readonly layer: string;
  readonly frame: number;
  /** Another one when the analysis was made again. */
  readonly version: string;
  readonly neurons: number;
  /** Paths within the run. */
  readonly cluster: string;
  readonly embedding: string;
}

/** `null` where the layer was not analysed. */
export function storedClusters(
  { id: run, analyses }: Pick<RunView, 'id' | 'analyses'>,
  { id: layer, neurons }: LayerView,
  frame: number,
): StoredClusters | null {
  const analysis = analyses.find(({ name }) => name === CLUSTERS_ANALYSIS);
  const ofLayer = analysis?.arrays.filter((array) => array.layer === layer) ?? [];
  const file = (name: string, of: number) => ofLayer.find((array) => array.name === name && array.frame === of)?.file;
  const pairs = ofLayer.flatMap(({ name, file: cluster, frame: of }) => {
    const embedding = file('embedding', of);
    return name === 'cluster' && embedding !== undefined ? [{ frame: of, cluster, embedding }] : [];
  });
  const distance = (pair: { readonly frame: number }) => Math.abs(pair.frame - frame);
  const [nearest] = pairs.sort((a, b) => distance(a) - distance(b) || a.frame - b.frame);
  return nearest ? { ...nearest, run, layer, version: analysis!.version, neurons } : null;
}

/**
 * @param read an array of the run, by its path
 * @throws AccessError `content` for arrays that are not those of the layer
 */
export async function loadClusters(
  read: (path: string) => Promise<NpyArray>,
  { run, layer, frame, neurons, cluster: clusterPath, embedding: embeddingPath }: StoredClusters,
): Promise<NeuronClusters> {
  const [cluster, embedding] = await Promise.all([read(clusterPath), read(embeddingPath)]);
  const refuse = (path: string, expected: string) =>
    new AccessError('content', `${path} is no ${expected} of the layer's ${neurons} neurons. Analyse the run again.`, {
      address: path,
    });
  if (!(cluster.data instanceof Int32Array) || cluster.data.length !== neurons) {
    throw refuse(clusterPath, 'list of clusters');
  }
  if (!(embedding.data instanceof Float32Array) || embedding.data.length !== 2 * neurons) {
    throw refuse(embeddingPath, 'embedding');
  }
  const clusters = cluster.data;
  if (!clusters.every((one) => one >= -1 && one < neurons)) throw refuse(clusterPath, 'list of clusters');
  const count = clusters.reduce((most, one) => Math.max(most, one), -1) + 1;
  return { run, layer, frame, clusters, embedding: embedding.data, count };
}
