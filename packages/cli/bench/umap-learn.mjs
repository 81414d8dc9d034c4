import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { notMeasured, RUNS, ratio } from '../../../scripts/bench-lines.mjs';
import { pythonWith, without } from '../../../scripts/bench-python.mjs';

const script = fileURLToPath(new URL('umap-learn.py', import.meta.url));
const name = 'neuron-clusters of a NeRV, tracing and report included';

/** umap-learn as it comes, with a seed, and with code for processors without AVX-512. */
const PEERS = [
  { words: 'all threads, no seed', target: 0.5 },
  { words: 'a seed, one thread', seed: '0' },
  { words: 'all threads, no seed, its code compiled for AVX2', environment: { NUMBA_CPU_NAME: 'haswell' } },
];

/**
 * The whole analysis `neuron-clusters` beside umap-learn's embedding of the same vectors alone, and how well both keep neighbours. It takes a
 * Python that has umap-learn, XINC_PYTHON. umap-learn is compiled before it is measured.
 * @param folder of a frame of the analysis, with a folder for each layer
 * @param ours what the analysis took, as often as comparisons are measured
 */
export function compareWithUmapLearn(folder, ours) {
  const python = pythonWith('umap');
  if (!python) return notMeasured({ name, peer: 'umap-learn', why: without('umap') });
  for (const { words, seed, environment, target } of PEERS) {
    const { status, stdout, stderr } = spawnSync(python, [script, folder, String(RUNS), ...(seed ? [seed] : [])], {
      encoding: 'utf8',
      env: { ...process.env, ...environment },
    });
    if (status !== 0) {
      notMeasured({ name, peer: `umap-learn, ${words}`, why: stderr.trim().split('\n').at(-1) });
      continue;
    }
    const { version, seconds, processorSeconds, layers } = JSON.parse(stdout);
    const peer = `umap-learn ${version}, ${words}`;
    ratio({
      name: `${name}, wall time`,
      peer,
      ours: ours.map((run) => run.seconds),
      theirs: seconds,
      target,
    });
    ratio({
      name: `${name}, processor time`,
      peer,
      ours: ours.map((run) => run.processorSeconds),
      theirs: processorSeconds,
      target,
    });
    for (const { layer, xinc, umap } of layers) {
      const quality = ({ trustworthiness, kept }) => `${trustworthiness.toFixed(3)}, ${(100 * kept).toFixed(1)} %`;
      console.log(`  ${layer}: trustworthiness, 15 nearest kept: ${quality(xinc)}; umap-learn ${quality(umap)}`);
    }
  }
}
