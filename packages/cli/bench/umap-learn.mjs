import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { notMeasured, RUNS, ratio } from '../../../scripts/bench-lines.mjs';
import { pythonWith, without } from '../../../scripts/bench-python.mjs';

const script = fileURLToPath(new URL('umap-learn.py', import.meta.url));
const name = 'neuron-clusters of a NeRV, tracing and report included';

/** umap-learn as it comes; once, for comparison, with a seed, and with code for processors without AVX-512. */
const PEERS = [
  { words: 'all threads, no seed', target: 0.5, runs: RUNS },
  { words: 'a seed, one thread', seed: '0', runs: 1 },
  { words: 'all threads, no seed, its code compiled for AVX2', environment: { NUMBA_CPU_NAME: 'haswell' }, runs: 1 },
];

/**
 * The whole analysis `neuron-clusters` beside umap-learn's embedding of the same vectors alone, in turns, and how well both keep neighbours. It
 * takes a Python that has umap-learn, XINC_PYTHON. umap-learn is compiled before it is measured.
 * @param folder of the frame of the analysis, with a folder for each layer
 * @param analyze does the analysis, and says what it took
 */
export function compareWithUmapLearn(folder, analyze) {
  const python = pythonWith('umap');
  if (!python) return notMeasured({ name, peer: 'umap-learn', why: without('umap') });
  for (const peer of PEERS) compareWith(peer, python, folder, analyze);
}

function compareWith({ words, seed, environment, target, runs }, python, folder, analyze) {
  const [ours, theirs] = [[], []];
  for (let run = 0; run < runs; run++) {
    ours.push(analyze());
    const { status, stdout, stderr } = spawnSync(python, [script, folder, ...(seed ? [seed] : [])], {
      encoding: 'utf8',
      env: { ...process.env, ...environment },
    });
    if (status !== 0) return notMeasured({ name, peer: `umap-learn, ${words}`, why: stderr.trim().split('\n').at(-1) });
    theirs.push(JSON.parse(stdout));
  }
  const [{ version, layers }] = theirs;
  for (const [measure, key] of [
    ['wall time', 'seconds'],
    ['processor time', 'processorSeconds'],
  ]) {
    ratio({
      name: `${name}, ${measure}`,
      peer: `umap-learn ${version}, ${words}`,
      ours: ours.map((one) => one[key]),
      theirs: theirs.map((one) => one[key]),
      target,
    });
  }
  for (const { layer, xinc, umap } of layers) {
    const quality = ({ trustworthiness, kept }) => `${trustworthiness.toFixed(3)}, ${(100 * kept).toFixed(1)} %`;
    console.log(`  ${layer}: trustworthiness, 15 nearest kept: ${quality(xinc)}; umap-learn ${quality(umap)}`);
  }
}
