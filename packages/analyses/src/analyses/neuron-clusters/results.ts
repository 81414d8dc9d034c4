import { counted, inWords, type NamedArray, type NamedRun, percent, type Table } from '@xinc/core';
import { FRAME_COLUMN, LAYER_COLUMN } from '../../scope/columns.js';
import { inLayers } from '../../scope/in-layers.js';
import type { Clustered } from './cluster-neurons.js';

export function findings(clustered: readonly Clustered[], runs: readonly NamedRun[]): string[] {
  const counts = clustered.map(({ ranked }) => ranked.length);
  const same = new Set(counts).size === 1;
  const explained = clustered.map(({ layer, explained: share }, i) => ({
    layer,
    words: percent(share),
    ...(!same && { note: counted(counts[i], 'cluster') }),
  }));
  const clusters = same ? counted(counts[0], 'cluster') : 'clusters';
  const verb = same && counts[0] === 1 ? 'explains' : 'explain';
  const first = `The ${clusters} ${verb} ${inLayers(explained, "of the variance between the neurons' maps")}.`;
  if (runs.length === 1) return [first];
  const mixed = clustered.map(({ mixing: { share }, layer }) => ({
    layer,
    words: Number.isNaN(share) ? 'not defined' : inWords(share),
  }));
  return [
    `How evenly clusters mix the ${runs.length} runs: ${inLayers(mixed)}, where 0 means that every cluster belongs to one run, and 1 that every cluster has all runs in proportion.`,
    first,
  ];
}

export function clusterTable(clustered: readonly Clustered[], frame: number, runs: readonly NamedRun[]): Table {
  const several = runs.length > 1;
  return {
    name: 'clusters',
    title: 'Clusters of neurons',
    columns: [
      FRAME_COLUMN,
      LAYER_COLUMN,
      { name: 'neighbors', unit: 'neurons', description: 'Nearest neighbours that UMAP used' },
      { name: 'cluster', description: 'Cluster, from the largest to the smallest' },
      { name: 'neurons', unit: 'neurons', description: 'Neurons in it' },
      { name: 'typical_neuron', description: 'Index of the neuron nearest to its middle' },
      ...(several
        ? [
            { name: 'typical_run', description: 'The run of that neuron' },
            { name: 'entropy', unit: 'bits', description: 'Entropy of the runs in it' },
            ...runs.map(({ name }) => ({ name: `of_${name}`, unit: 'neurons', description: `Its neurons of ${name}` })),
          ]
        : []),
    ],
    rows: clustered.flatMap(({ layer, neighbors, ranked, members, mixing: { entropies } }) =>
      ranked.map((ofCluster, k) => {
        const typical = members[ofCluster[0]];
        const counts = runs.map((_, run) => ofCluster.filter((i) => members[i].run === run).length);
        return [
          frame,
          layer.id,
          neighbors,
          k + 1,
          ofCluster.length,
          typical.neuron,
          ...(several ? [runs[typical.run].name, entropies[k], ...counts] : []),
        ];
      }),
    ),
  };
}

/**
 * For one run by neuron: `embedding` [N, 2] and `vectors` [N, G], what was embedded, NaN for neurons left out, and `cluster` [N],
 * −1 for them. For several, by row of the joint embedding: `embedding`, `cluster`, `run` and `neuron`.
 */
export function arraysOf(
  { layer, members, vectors, points, clusters }: Clustered,
  frame: number,
  runs: readonly NamedRun[],
) {
  const of = (name: string, shape: readonly number[], data: NamedArray['data']): NamedArray => ({
    name,
    frame,
    layer: layer.id,
    shape,
    data,
  });
  const count = members.length;
  if (runs.length > 1) {
    return [
      of('embedding', [count, 2], points),
      of('cluster', [count], Int32Array.from(clusters)),
      of(
        'run',
        [count],
        Int32Array.from(members, ({ run }) => run),
      ),
      of(
        'neuron',
        [count],
        Int32Array.from(members, ({ neuron }) => neuron),
      ),
    ];
  }
  const embedding = new Float32Array(2 * layer.neurons).fill(Number.NaN);
  const cluster = new Int32Array(layer.neurons).fill(-1);
  const { values, dimensions } = vectors;
  const ofNeurons = new Float32Array(dimensions * layer.neurons).fill(Number.NaN);
  for (const [i, { neuron }] of members.entries()) {
    embedding.set(points.subarray(2 * i, 2 * i + 2), 2 * neuron);
    cluster[neuron] = clusters[i];
    ofNeurons.set(values.subarray(dimensions * i, dimensions * (i + 1)), dimensions * neuron);
  }
  return [
    of('embedding', [layer.neurons, 2], embedding),
    of('cluster', [layer.neurons], cluster),
    of('vectors', [layer.neurons, dimensions], ofNeurons),
  ];
}
