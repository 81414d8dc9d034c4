import { encodeNpy } from '@xinc/core/formats';
import type { StoredAnalysis } from '@xinc/viewer-page';
import type { MadeRun } from '../server/made-runs.js';

/** A result of `neuron-clusters` for layers of a run: of each two clusters, side by side; each neuron is where its number says. */
export async function writeClusters(
  { run }: MadeRun,
  layers: Readonly<Record<string, readonly number[]>>,
): Promise<void> {
  const arrays: StoredAnalysis['arrays'][number][] = [];
  for (const [layer, clusters] of Object.entries(layers)) {
    const folder = `analysis/neuron-clusters/frame-0000/${layer}`;
    const count = clusters.length;
    // Cluster 0 in the left half, the others in the right one.
    const embedding = Float32Array.from({ length: 2 * count }, (_, i) => {
      const neuron = i >> 1;
      return i % 2 === 0 ? (clusters[neuron] === 0 ? -3 : 3) + Math.cos(neuron) : Math.sin(neuron);
    });
    for (const [name, array] of Object.entries({
      cluster: { shape: [count], data: Int32Array.from(clusters) },
      embedding: { shape: [count, 2], data: embedding },
    })) {
      const file = `${folder}/${name}.npy`;
      await run.write(file, encodeNpy(array));
      arrays.push({ name, frame: 0, layer, shape: array.shape, file });
    }
  }
  const result: StoredAnalysis = {
    name: 'neuron-clusters',
    title: 'Neuron clusters',
    description: 'Neurons by how alike they paint.',
    findings: ['There are two kinds of neurons.'],
    notes: [],
    omissions: [],
    figures: [],
    tables: [],
    arrays,
  };
  await run.write('analysis/neuron-clusters/result.json', JSON.stringify(result));
}
