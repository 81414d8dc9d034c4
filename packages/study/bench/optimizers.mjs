import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/*
 * What optimisers do to neurons: FFN and NeRV trained by Adam, SOAP and Muon to the same PSNR, as a study (docs/optimizers.md). No part of
 * `npm run bench`: it takes an hour or more. It goes on from where it was stopped.
 *
 *   XINC_REFERENCE=<folder with clips/<clip>/frames> node packages/study/bench/optimizers.mjs FOLDER
 *
 * First Adam's trainings alone, all their steps (FOLDER/adam): the PSNR of its worst seed, less `--margin` dB, is what all optimisers are to reach on that clip.
 * Then the study (FOLDER/study), whose report compares the networks: report/comparison-*.csv and report/figures/comparison-*.
 */
const { values: wishes, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '0,1,2,3,4' },
    size: { type: 'string', default: '64x128' },
    frames: { type: 'string', default: '0:10' },
    width: { type: 'string', default: '64' },
    parameters: { type: 'string', default: '50000' },
    /** Planned steps of the FFN, and epochs of the NeRV, by optimiser. */
    steps: { type: 'string', default: '400,160,240' },
    epochs: { type: 'string', default: '80,35,80' },
    margin: { type: 'string', default: '0.2' },
    clips: { type: 'string' },
    /** Runs at once, each on one thread; the networks are the same for any number. */
    jobs: { type: 'string', default: '1' },
  },
});
if (positionals.length !== 1) throw new Error('Name the folder that the studies are to be in.');
const folder = resolve(positionals[0]);
const reference = process.env.XINC_REFERENCE ?? fileURLToPath(new URL('../../../../shared/reference', import.meta.url));
const clipsFolder = join(reference, 'clips');
const clips =
  wishes.clips?.split(',') ?? readdirSync(clipsFolder).filter((name) => existsSync(join(clipsFolder, name, 'frames')));
const numbers = (text) => text.split(',').map(Number);
const [steps, epochs] = [numbers(wishes.steps), numbers(wishes.epochs)];
const OPTIMIZERS = ['adam', 'soap', 'muon'];
const ANALYSES = [
  'pixels-per-neuron',
  'neurons-per-pixel',
  'grouping-variance',
  'faithfulness',
  'neuron-clusters',
  'contribution-distribution',
];

const networksOf = (optimizers) => [
  ...optimizers.map((optimizer, i) => ({
    name: `ffn-${optimizer}`,
    model: 'ffn',
    settings: { width: Number(wishes.width), optimizer, steps: steps[i] },
  })),
  ...optimizers.map((optimizer, i) => ({
    name: `nerv-${optimizer}`,
    model: 'nerv',
    settings: { parameters: Number(wishes.parameters), optimizer, epochs: epochs[i] },
  })),
];

/** Writes a study, which as JSON is YAML too, and does it. */
async function study(name, networks, analyses) {
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  const signals = clips.map((clip) => ({
    name: clip,
    path: join(clipsFolder, clip, 'frames'),
    ...(existsSync(join(clipsFolder, clip, 'labels')) && { labels: join(clipsFolder, clip, 'labels') }),
  }));
  const about = {
    schema: 1,
    signals,
    networks,
    seeds: numbers(wishes.seeds),
    frames: wishes.frames,
    size: wishes.size,
    analyses,
  };
  writeFileSync(join(path, 'study.yaml'), `${JSON.stringify(about, undefined, 2)}\n`);
  await xinc('study', 'run', path, '--jobs', wishes.jobs, '--threads', '1');
  return path;
}

function xinc(...words) {
  const command = fileURLToPath(new URL('../../cli/bin/xinc.js', import.meta.url));
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [command, ...words], { stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', failed);
    child.on('exit', (code) => (code === 0 ? done() : failed(new Error(`xinc ${words.join(' ')} ended with ${code}`))));
  });
}

const adam = await study('adam', networksOf(['adam']), ['pixels-per-neuron']);
const psnrOf = (clip, model, seed) =>
  JSON.parse(readFileSync(join(adam, 'runs', `${clip}-${model}-adam-s${seed}`, 'run.json'), 'utf8')).metrics.psnr;
const targetsOf = (model) =>
  Object.fromEntries(
    clips.map((clip) => {
      const worst = Math.min(...numbers(wishes.seeds).map((seed) => psnrOf(clip, model, seed)));
      return [clip, Number((Math.floor(10 * (worst - Number(wishes.margin))) / 10).toFixed(1))];
    }),
  );
const targets = { ffn: targetsOf('ffn'), nerv: targetsOf('nerv') };
console.log('PSNR at which training ends:', targets);
const networks = networksOf(OPTIMIZERS).map((network) => ({ ...network, untilPsnr: targets[network.model] }));
const path = await study('study', networks, ANALYSES);
await xinc('study', 'report', path);
for (const model of ['ffn', 'nerv']) {
  console.log(readFileSync(join(path, 'report', `comparison-${model}.csv`), 'utf8'));
}
