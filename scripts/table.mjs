import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { isXincError, sizeOf } from '@xinc/core';
import { formatDuration } from '@xinc/core/formats';
import { discoverPlugins } from '@xinc/core/node';
import { openNetwork, planRun, prepareRun, trainRun } from '@xinc/runs';
import { openSignal } from '@xinc/signals';
import { frameSsim } from '@xinc/study';
import { inDemo, picture } from './examples.mjs';
import { root } from './toolchain.mjs';

/*
 * npm run table: trains every model on a few pictures at about equal parameters, and writes what each reaches into
 * docs/performance.md. Trainings that are done are kept, and one that was stopped goes on: run it again. `--size`, `--steps` and
 * `--parameters` make the table of another scale, in a folder of its own; `--print` leaves the page as it is.
 */
const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '96' },
    steps: { type: 'string', default: '300' },
    parameters: { type: 'string', default: '10000' },
    print: { type: 'boolean', default: false },
  },
});
const [longest, steps, budget] = [values.size, values.steps, values.parameters].map(Number);
if (![longest, steps, budget].every((number) => Number.isSafeInteger(number) && number > 0)) {
  console.error('--size, --steps and --parameters are positive whole numbers.');
  process.exit(2);
}

const PAGE = join(root, 'docs', 'performance.md');
const [BEGIN, END] = ['<!-- npm run table writes from here -->', '<!-- to here -->'];
const KODAK = ['kodim03', 'kodim07', 'kodim15', 'kodim23'];

/**
 * What is trained: a model, settings that differ from its defaults, and the setting that decides how many parameters it has,
 * between two whole numbers.
 */
const NETWORKS = [
  { name: 'ffn', model: 'ffn', knob: ['width', 4, 512] },
  { name: 'siren', model: 'siren', knob: ['width', 4, 512] },
  { name: 'finer', model: 'finer', knob: ['width', 4, 512] },
  { name: 'gauss', model: 'gauss', knob: ['width', 4, 512] },
  { name: 'wire', model: 'wire', knob: ['width', 4, 512] },
  {
    name: 'wire, complex',
    model: 'wire',
    settings: { form: 'complex', scale: 30, layers: 4 },
    knob: ['width', 4, 512],
  },
  { name: 'pemlp', model: 'pemlp', knob: ['width', 4, 512] },
  { name: 'hashgrid', model: 'hashgrid', settings: { width: 32 }, knob: ['tableSize', 16, 2 ** 16] },
  { name: 'nerv', model: 'nerv', settings: { batch: 1 }, knob: ['parameters', 2000, 2 ** 24] },
  {
    name: 'hnerv',
    model: 'hnerv',
    settings: { batch: 1, strides: [4, 2, 2], minimumWidth: 4 },
    knob: ['parameters', 2000, 2 ** 24],
  },
];

const registry = await discoverPlugins({ from: [join(root, 'packages', 'cli')] });
const networks = NETWORKS.filter(({ model }) => registry.all('inr').some(({ plugin }) => plugin.name === model));
// Pictures this small gain nothing from several threads.
const engine = await registry.get('engine', 'ort').plugin.create({ threads: 1 });

const folder = inDemo(join('table', `${longest}-${steps}-${budget}`));
mkdirSync(join(root, folder), { recursive: true });
const reference = process.env.XINC_REFERENCE ?? join(root, '..', 'shared', 'reference');
const kodak = KODAK.map((name) => join(reference, 'photos', 'kodak', `${name}.png`)).filter((path) => existsSync(path));
const pictures = [join(root, picture('black-canyon', 'black-canyon.jpg')), ...kodak];

const tasks = pictures.flatMap((path) => networks.map((network) => ({ path, network })));
const results = [];
let [trained, spent] = [0, 0];
for (const [i, { path, network }] of tasks.entries()) {
  const start = performance.now();
  const result = await train(path, network);
  results.push({ path, network, ...result });
  if (result.new) {
    trained++;
    spent += (performance.now() - start) / 1000;
  }
  const left = trained > 0 ? `, ${formatDuration((spent / trained) * (tasks.length - i - 1))} left at most` : '';
  console.log(
    `${i + 1}/${tasks.length}  ${nameOf(path)}  ${network.name}: ${result.psnr.toFixed(2)} dB, ${result.parameters} parameters${left}`,
  );
}
await engine.dispose();
const text = table();
console.log(`\n${text}`);
if (!values.print) {
  const page = readFileSync(PAGE, 'utf8');
  const [before, after] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`${PAGE} lacks the lines ${BEGIN} and ${END}`);
  writeFileSync(PAGE, `${page.slice(0, before + BEGIN.length)}\n\n${text}\n\n${page.slice(after)}`);
}

function nameOf(path) {
  return basename(path, extname(path));
}

/** Trains one network on one picture, if that is not done, and measures it. */
async function train(path, { name, model, settings = {}, knob }) {
  const signal = await openSignal(path, await framing(path));
  const chosen = { ...settings, [knob[0]]: solve(model, settings, knob, signal.shape) };
  const out = join(root, folder, `${nameOf(path)}-${name.replace(/\W+/g, '-')}`);
  const plan = planRun(registry, { signal, model, settings: chosen, steps, out });
  const run = await prepareRun(plan, engine.description);
  const done = run.manifest.metrics !== undefined;
  await trainRun(run, plan.inr, engine);
  const network = await openNetwork(run, registry, engine);
  try {
    const frame = await network.reconstruct(0);
    const { metrics, training, model: described } = run.manifest;
    const { psnr } = metrics;
    return {
      psnr,
      ssim: frameSsim(await signal.frame(0), frame),
      parameters: described.parameters,
      seconds: training.seconds,
      new: !done,
    };
  } finally {
    await network.dispose();
  }
}

/** All networks see the same pixels. Blocks of NeRV enlarge by 16 in all, so that both sides are multiples of that. */
async function framing(path) {
  const { originalHeight, originalWidth } = (await openSignal(path)).source;
  const extents = [originalHeight, originalWidth];
  const [height, width] = extents.map((extent) =>
    Math.max(16, Math.round((longest * extent) / Math.max(...extents) / 16) * 16),
  );
  const scale = Math.min(originalHeight / height, originalWidth / width);
  const crop = { height: Math.floor(height * scale), width: Math.floor(width * scale) };
  return { crop, size: { height, width } };
}

/** The value of a setting with which a model has the number of parameters that comes nearest to the budget. */
function solve(model, settings, [key, least, most], shape) {
  const { plugin } = registry.get('inr', model);
  const count = (value) => {
    try {
      const { parameters } = plugin.build(plugin.config.parse({ ...settings, [key]: value }), shape);
      return parameters.reduce((sum, parameter) => sum + (parameter.trainable ? sizeOf(parameter.shape) : 0), 0);
    } catch (error) {
      // Too few for a network of this size.
      if (isXincError(error, 'invalid-option')) return Number.NEGATIVE_INFINITY;
      throw error;
    }
  };
  let [low, high] = [least, most];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (count(middle) > budget) high = middle;
    else low = middle;
  }
  return budget - count(low) <= count(high) - budget ? low : high;
}

function table() {
  const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const secondsOf = (name) =>
    mean(results.filter(({ network }) => network.name === name).map(({ seconds }) => seconds));
  const header = ['network', 'parameters', ...pictures.map(nameOf), 'mean', 'SSIM', 'time'];
  const rows = networks.map(({ name }) => {
    const own = results.filter(({ network }) => network.name === name);
    const counts = [...new Set(own.map(({ parameters }) => parameters))].sort((a, b) => a - b);
    return [
      name,
      counts.length > 1 ? `${counts[0]} to ${counts[counts.length - 1]}` : `${counts[0]}`,
      ...own.map(({ psnr }) => psnr.toFixed(1)),
      mean(own.map(({ psnr }) => psnr)).toFixed(1),
      mean(own.map(({ ssim }) => ssim)).toFixed(3),
      (secondsOf(name) / secondsOf('siren')).toFixed(1),
    ];
  });
  const command = `npm run table -- --size ${longest} --steps ${steps} --parameters ${budget}`;
  return [
    `\`${command}\`: PSNR in dB, one seed; mean PSNR, SSIM and training time (siren = 1) over the pictures.`,
    '',
    `| ${header.join(' | ')} |`,
    `|---|${'---:|'.repeat(header.length - 1)}`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
}
