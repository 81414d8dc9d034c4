import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import ort from '@xinc/engine-ort';
import ffn from '@xinc/model-ffn';
import hnerv from '@xinc/model-hnerv';
import nerv from '@xinc/model-nerv';
import coordinateNetworks from '@xinc/model-siren';
import { openSignal } from '@xinc/signals';
import { measured, notMeasured, RUNS, ratio } from '../../../scripts/bench-lines.mjs';
import { pythonWith, without } from '../../../scripts/bench-python.mjs';
import { drawCurves } from './optimizer-curves.mjs';
import { trainingCurve } from './training-curve.mjs';

/*
 * What SOAP and Muon take until they have the PSNR that Adam's training ends with, as a share of Adam's whole training, and how many decibels more
 * SOAP has in half of its time: trainings one after the other in this process, each run with a seed of its own. The FFN also against PyTorch's
 * Adam, of the Python XINC_PYTHON. On the reference frames, or on `--signal clip --size 64x128 --frames 8`; `--networks nerv` says of what,
 * `--lengths adam=1000,soap=200,adam@0.01=250` how many steps or epochs each has and at which rate, and `--figure file.png` where the curves are drawn.
 */
const TRAININGS = {
  ffn: {
    title: 'FFN',
    model: ffn,
    path: join('frames-1001', '00000.png'),
    unit: 'steps',
    lengths: { adam: 1000, soap: 250, longer: 480, muon: 350 },
    target: { share: 0.25, pytorch: 0.2, more: 4 },
  },
  nerv: {
    title: 'NeRV',
    model: nerv,
    path: 'frames-1001',
    unit: 'epochs',
    lengths: { adam: 300, soap: 45, longer: 110, muon: 60 },
    target: { share: 0.2, more: 2 },
  },
};
/** Those that are measured when they are named. */
const OTHERS = {
  ...Object.fromEntries(
    coordinateNetworks.map((model) => {
      const lengths = { adam: 1000, soap: 250, muon: 250 };
      return [model.name, { ...TRAININGS.ffn, title: model.title, model, lengths, target: {} }];
    }),
  ),
  hnerv: { ...TRAININGS.nerv, title: 'HNeRV', model: hnerv, lengths: { adam: 300, soap: 75, muon: 75 }, target: {} },
};
const NAMES = { adam: 'Adam', soap: 'SOAP', muon: 'Muon' };
const TIMES = [
  ['wall time', 'seconds'],
  ['processor time', 'processorSeconds'],
];

const { values } = parseArgs({
  options: {
    networks: { type: 'string', default: Object.keys(TRAININGS).join() },
    signal: { type: 'string' },
    size: { type: 'string' },
    frames: { type: 'string' },
    lengths: { type: 'string' },
    figure: { type: 'string' },
  },
});
const reference = process.env.XINC_REFERENCE ?? fileURLToPath(new URL('../../../../shared/reference', import.meta.url));
const engine = await ort.create();
const curves = [];
for (const name of values.networks.split(',')) await measure({ ...TRAININGS, ...OTHERS }[name]);
await engine.dispose();
if (values.figure !== undefined) writeFileSync(values.figure, await drawCurves(curves));

async function measure({ title, model, path, unit, target, ...defaults }) {
  const input = values.signal ?? join(reference, path);
  if (!existsSync(input)) {
    const why = 'there are no reference frames (XINC_REFERENCE=<folder>)';
    return notMeasured({ name: `${title} by SOAP and Muon`, peer: 'Adam', why });
  }
  const signal = await openSignal(input, framing());
  const lengths = lengthsOf(defaults.lengths);
  const python = target.pytorch === undefined ? undefined : pythonWith('torch');
  const runs = Array.from({ length: RUNS }, () => ({}));
  for (const [seed, run] of runs.entries()) {
    for (const [training, length] of Object.entries(lengths)) {
      const { optimizer, rate } = partsOf(training);
      const rates = optimizer === 'adam' ? { learningRate: rate } : { optimizerRate: rate };
      const settings = { optimizer, ...(rate !== undefined && rates), [unit]: length };
      run[training] = await trainingCurve({ engine, model, signal, seed, settings });
      const drawn = optimizer === 'adam' && rate !== undefined ? 'adam-tried' : optimizer;
      curves.push({ network: title, optimizer: drawn, seed, unit, points: run[training] });
    }
    if (python) run.pytorch = await pytorchAdam(python, signal, lengths.adam, seed);
  }
  const ended = (training, key) => runs.map((run) => run[training].at(-1)[key]);
  const peer = `Adam, ${lengths.adam} ${unit}`;
  for (const training of Object.keys(lengths).filter((training) => training !== 'adam' && training !== 'longer')) {
    const { optimizer, rate } = partsOf(training);
    const words = `${title} by ${NAMES[optimizer]}${rate === undefined ? '' : ` at ${rate}`}`;
    const share = training === 'soap' ? target.share : undefined;
    for (const [time, key] of TIMES) {
      const ours = runs.map((run) => until(run[training], run.adam.at(-1).psnr)?.[key] ?? Number.POSITIVE_INFINITY);
      ratio({ name: `${words} to its PSNR, ${time}`, peer, ours, theirs: ended('adam', key), target: share });
    }
    more(`${words}, ${lengths[training]} ${unit}`, training);
  }
  if (lengths.longer) {
    for (const [time, key] of TIMES) {
      const line = { name: `${title} by SOAP, ${lengths.longer} ${unit}, ${time}`, peer, target: 0.5 };
      ratio({ ...line, ours: ended('longer', key), theirs: ended('adam', key) });
    }
    more(`${title} by SOAP, ${lengths.longer} ${unit}`, 'longer', target.more);
  }
  if (target.pytorch !== undefined) againstPyTorch();

  function more(words, training, least) {
    const gains = runs.map((run) => run[training].at(-1).psnr - run.adam.at(-1).psnr);
    measured({ name: `${words}, PSNR`, peer, values: gains, unit: 'dB more', least });
  }

  function againstPyTorch() {
    const line = { name: `${title} by SOAP to its PSNR`, peer: `PyTorch's Adam, ${lengths.adam} ${unit}` };
    if (!python) return notMeasured({ ...line, why: without('torch') });
    const reached = runs.map(({ pytorch }) => pytorch.psnr.toFixed(2)).join(', ');
    const note = `PyTorch ${runs[0].pytorch.version}, its PSNR ${reached} dB`;
    for (const [time, key] of TIMES) {
      const ours = runs.map(({ soap, pytorch }) => until(soap, pytorch.psnr)?.[key] ?? Number.POSITIVE_INFINITY);
      const theirs = runs.map(({ pytorch }) => pytorch[key]);
      ratio({ ...line, name: `${line.name}, ${time}`, ours, theirs, target: target.pytorch, note });
    }
  }
}

/** The optimiser of a training, and its rate where that is not the network's own: `adam@0.01`. */
function partsOf(training) {
  const [name, rate] = training.split('@');
  return { optimizer: name === 'longer' ? 'soap' : name, ...(rate !== undefined && { rate: Number(rate) }) };
}

/** The first point with a PSNR, if there is one and the training came to its end. */
function until(points, psnr) {
  return Number.isNaN(points.at(-1).psnr) ? undefined : points.find((point) => point.psnr >= psnr);
}

/** `--lengths` in place of a network's own; what they do not name is not trained. */
function lengthsOf(own) {
  if (values.lengths === undefined) return own;
  return Object.fromEntries(
    values.lengths.split(',').map((part) => {
      const [training, length] = part.split('=');
      return [training, Number(length)];
    }),
  );
}

function framing() {
  const [height, width] = (values.size ?? '').split('x').map(Number);
  const count = values.frames === undefined ? undefined : Number(values.frames);
  return { ...(values.size && { size: { height, width } }), ...(count && { frames: { stop: count } }) };
}

/** The same network trained by PyTorch's Adam: what it reached, and what it took. */
async function pytorchAdam(python, signal, steps, seed) {
  const script = fileURLToPath(new URL('pytorch-adam.py', import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), 'xinc-bench-'));
  try {
    const { height, width, rgb } = await signal.frame(0);
    const file = join(folder, 'picture.f32');
    writeFileSync(file, rgb);
    const rate = ffn.config.parse({}).learningRate;
    const numbers = [height, width, steps, rate, seed, availableParallelism()].map(String);
    return JSON.parse(execFileSync(python, [script, file, ...numbers], { encoding: 'utf8' }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
