import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { psnrOfError } from '@xinc/core';
import { train } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import ffn from '@xinc/model-ffn';
import nerv from '@xinc/model-nerv';
import { openSignal } from '@xinc/signals';
import { drawCurves } from './optimizer-curves.mjs';

/*
 * What each optimiser takes until it has the PSNR that Adam's training ends with, in processor time, as a share of Adam's whole training:
 * trainings of one seed one after the other in this process, over several seeds. `--networks nerv`, `--seeds 1` and `--figure file.png` say
 * of what, over how many, and where the curves are drawn.
 */
const TRAININGS = {
  ffn: {
    model: ffn,
    path: join('frames-1001', '00000.png'),
    seeds: 5,
    unit: 'steps',
    of: { adam: { steps: 1000 }, soap: { steps: 250 }, muon: { steps: 350 } },
  },
  nerv: {
    model: nerv,
    path: 'frames-1001',
    seeds: 1,
    unit: 'epochs',
    of: { adam: { epochs: 300 }, soap: { epochs: 45 }, muon: { epochs: 60 } },
  },
};

const { values } = parseArgs({
  options: {
    networks: { type: 'string', default: Object.keys(TRAININGS).join() },
    seeds: { type: 'string' },
    figure: { type: 'string' },
  },
});
const reference = process.env.XINC_REFERENCE ?? fileURLToPath(new URL('../../../../shared/reference', import.meta.url));
if (existsSync(join(reference, 'frames-1001'))) await measure();
else console.log('optimisers: not measured, since there are no reference frames (XINC_REFERENCE=<folder>)');

async function measure() {
  const engine = await ort.create();
  const curves = [];
  for (const name of values.networks.split(',')) {
    const { model, path, unit, of, ...network } = TRAININGS[name];
    const signal = await openSignal(join(reference, path));
    const seeds = Number(values.seeds ?? network.seeds);
    const runs = { adam: [], soap: [], muon: [] };
    for (let seed = 0; seed < seeds; seed++) {
      for (const [optimizer, settings] of Object.entries(of)) {
        const curve = await trainingCurve(engine, model, signal, seed, { ...settings, optimizer });
        runs[optimizer].push(curve);
        curves.push({ network: name, optimizer, seed, unit, points: curve });
      }
    }
    for (const optimizer of ['soap', 'muon']) tell(`${name}, ${optimizer}`, of[optimizer], runs.adam, runs[optimizer]);
  }
  await engine.dispose();
  if (values.figure !== undefined) await writeFile(values.figure, await drawCurves(curves));
}

/** Points of a training: a step of an image's network, or a pass over a video's frames, the PSNR [dB] of what it saw, and the processor time [s] until then. */
async function trainingCurve(engine, model, signal, seed, settings) {
  const inr = model.build(model.config.parse(settings), signal.shape);
  const perPoint = Math.ceil(signal.shape.frames / inr.training.batch);
  const points = [];
  let [sum, start] = [0, undefined];
  await train({
    inr,
    signal,
    engine,
    seed,
    onStep({ step, loss }) {
      // The first step compiles.
      start ??= process.cpuUsage();
      sum += loss;
      if (step % perPoint !== 0) return;
      const { user, system } = process.cpuUsage(start);
      points.push({ at: step / perPoint, psnr: psnrOfError(sum / perPoint), seconds: (user + system) / 1e6 });
      sum = 0;
    },
  });
  return points;
}

function tell(what, settings, adam, others) {
  const shares = others.map((points, seed) => {
    const last = adam[seed].at(-1);
    const reached = points.find(({ psnr }) => psnr >= last.psnr);
    return reached ? reached.seconds / last.seconds : Number.POSITIVE_INFINITY;
  });
  const whole = others.map((points, seed) => points.at(-1).seconds / adam[seed].at(-1).seconds);
  const more = others.map((points, seed) => points.at(-1).psnr - adam[seed].at(-1).psnr);
  const [length] = Object.entries(settings).map(([unit, count]) => `${count} ${unit}`);
  console.log(
    `${what}, as a share of Adam's processor time: its PSNR after ${spread(shares)}; ${length} in ${spread(whole)}, with ${spread(more)} dB more; seeds: ${others.length}`,
  );
}

/** Median and extremes. */
function spread(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low, middle, high] = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)].map((x) =>
    Number.isFinite(x) ? x.toFixed(2) : 'not reached',
  );
  return sorted.length > 1 ? `${middle} (${low} to ${high})` : middle;
}
