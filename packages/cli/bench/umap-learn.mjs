import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { pythonWith, without } from '../../../scripts/bench-python.mjs';

const script = fileURLToPath(new URL('umap-learn.py', import.meta.url));

/**
 * The whole analysis `neuron-clusters` beside umap-learn's embedding of the same vectors alone, and how well both keep neighbours. It takes a
 * Python that has umap-learn, XINC_PYTHON.
 * @param folder of a frame of the analysis, with a folder for each layer
 * @param ours what the analysis took
 */
export function compareWithUmapLearn(folder, ours) {
  const python = pythonWith('umap');
  if (!python) return console.log(`umap-learn: skipped, since ${without('umap')}`);
  const { status, stdout, stderr } = spawnSync(python, [script, folder], { encoding: 'utf8' });
  if (status !== 0) return console.log(`umap-learn: skipped, ${stderr.trim().split('\n').at(-1)}`);
  const { version, seconds, processorSeconds, layers } = JSON.parse(stdout);
  const ratio = (a, b) => `${(a / b).toFixed(2)} ×`;
  console.log(
    `neuron-clusters against umap-learn ${version} (compiled before): ${ratio(ours.seconds, seconds)} its ${seconds.toFixed(1)} s, ${ratio(ours.processorSeconds, processorSeconds)} its ${processorSeconds.toFixed(1)} s of processors; target 0.5 ×`,
  );
  for (const { layer, xinc, umap } of layers) {
    const words = ({ trustworthiness, kept }) => `${trustworthiness.toFixed(3)}, ${(100 * kept).toFixed(1)} %`;
    console.log(`  ${layer}: trustworthiness, 15 nearest kept: ${words(xinc)}; umap-learn ${words(umap)}`);
  }
}
