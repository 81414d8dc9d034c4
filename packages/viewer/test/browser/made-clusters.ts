import { encodeNpy } from '@xinc/core';
import type { StoredAnalysis } from '../../src/api.js';
import type { MadeRun } from '../server/made-runs.js';

/** A result of `neuron-clusters` for one layer of a run: two clusters, side by side; each neuron is where its number says. */
export async function writeClusters({ run }: MadeRun, layer: string, clusters: readonly number[]): Promise<void> {
  const folder = `analysis/neuron-clusters/frame-0000/${layer}`;
  const count = clusters.length;
  // Cluster 0 in the left half, the others in the right one.
  const embedding = Float32Array.from({ length: 2 * count }, (_, i) => {
    const neuron = i >> 1;
    return i % 2 === 0 ? (clusters[neuron] === 0 ? -3 : 3) + Math.cos(neuron) : Math.sin(neuron);
  });
  await run.write(`${folder}/cluster.npy`, encodeNpy({ shape: [count], data: Int32Array.from(clusters) }));
  await run.write(`${folder}/embedding.npy`, encodeNpy({ shape: [count, 2], data: embedding }));
  const array = (name: string, shape: readonly number[]) => ({
    name,
    frame: 0,
    layer,
    shape,
    file: `${folder}/${name}.npy`,
  });
  const result: StoredAnalysis = {
    name: 'neuron-clusters',
    title: 'Neuron clusters',
    description: 'Neurons by how alike they paint.',
    findings: ['There are two kinds of neurons.'],
    notes: [],
    omissions: [],
    figures: [],
    tables: [],
    arrays: [array('cluster', [count]), array('embedding', [count, 2])],
  };
  await run.write('analysis/neuron-clusters/result.json', JSON.stringify(result));
}
