import { parentPort, workerData } from 'node:worker_threads';
import { loadKernels } from '../dist/index.js';
import { ffnLayers, nervLayers } from './layers.mjs';
import { requests } from './requests.mjs';

const SETS = {
  'nerv 128×256': { height: 128, width: 256, layers: () => nervLayers(8, 16) },
  'nerv 720×1280': { height: 720, width: 1280, layers: () => nervLayers(45, 80) },
  'ffn 128×256': { height: 128, width: 256, layers: () => ffnLayers(128 * 256, 256) },
};
const { set, request, share, threads } = workerData;
const kernels = await loadKernels();
const { height, width, layers } = SETS[set];
const wanted = requests(height, width)[request];
const opened = layers().map(({ name, source }) => ({ name, layer: source, source: kernels.open(source) }));
parentPort.on('message', ({ call, name, anew }) => {
  if (call === 'names') return parentPort.postMessage(opened.map(({ name }) => name));
  const one = opened.find((of) => of.name === name);
  if (anew) {
    one.source.dispose();
    one.source = kernels.open(one.layer);
  }
  const { source } = one;
  const at = (part) => Math.round((source.neurons * part) / threads / 4) * 4;
  const end = share + 1 === threads ? source.neurons : at(share + 1);
  const reduction = source.reduction(wanted);
  reduction.add(at(share), end);
  reduction.counts();
  reduction.dispose();
  parentPort.postMessage('done');
});
