import { parentPort, workerData } from 'node:worker_threads';
import { loadKernels } from '../dist/index.js';
import { ffnLayers, nervLayers } from './layers.mjs';
import { requests } from './requests.mjs';

const SETS = {
  'nerv 128×256': { height: 128, width: 256, layers: () => nervLayers(8, 16) },
  'nerv 720×1280': { height: 720, width: 1280, layers: () => nervLayers(45, 80) },
  'ffn 128×256': { height: 128, width: 256, layers: () => ffnLayers(128 * 256, 256) },
};
const { set, request } = workerData;
const kernels = await loadKernels();
const { height, width, layers } = SETS[set];
const wanted = requests(height, width)[request];
const opened = layers().map(({ name, source }) => ({ name, layer: source, source: kernels.open(source) }));
let reduction;
const calls = {
  layers: () => opened.map(({ name, layer, source }) => ({ name, neurons: source.neurons, piece: pieceOf(layer) })),
  open({ name, anew }) {
    const one = opened.find((of) => of.name === name);
    if (anew) {
      one.source.dispose();
      one.source = kernels.open(one.layer);
    }
    reduction = one.source.reduction(wanted);
  },
  add({ start, end }) {
    reduction.add(start, end);
  },
  close() {
    reduction.counts();
    reduction.dispose();
  },
};
parentPort.on('message', ({ call, ...given }) => parentPort.postMessage(calls[call](given)));

/** How many neurons a trace takes at once (packages/core/src/trace/chunks.ts). */
function pieceOf({ kind, outChannels, inputShape }) {
  if (kind !== 'conv') return 64;
  return outChannels * Math.max(1, Math.min(Math.ceil(256 / outChannels), Math.floor(inputShape[0] / 8)));
}
