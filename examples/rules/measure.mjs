/*
 * node measure.mjs CLIP PHOTO: the table of docs/networks.md. Small networks, each with one operation whose rule goes beyond the
 * paper, are trained; neurons are switched off, and the change of the picture is compared with their contributions by rank. CLIP is a
 * folder of frames, of which eight are taken; PHOTO a picture.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const cli = fileURLToPath(new URL('../../packages/cli/bin/xinc.js', import.meta.url));
const [clip, photo] = process.argv.slice(2);
if (!clip || !photo) throw new Error('Give a folder of frames and a picture: node measure.mjs CLIP PHOTO');

const NEURONS = 48;
const ofFrames = [clip, '--frames', '0:8', '--size', '96'];
const ofPixels = [photo, '--size', '96'];
const decoder = (block) => [`decoder: ${block}`, ofFrames, 'rules-decoder', [`block=${block}`]];
const pixels = (f) => [`pixels: ${f}`, ofPixels, 'rules-pixels', [`f=${f}`]];
const networks = [
  ['NeRV, as published', [clip, '--frames', '0:8', '--size', '64x128'], 'nerv', []],
  ['FFN, as published', ofPixels, 'ffn', []],
  ...['nearest', 'bilinear', 'transposed', 'strided', 'skip', 'normalised', 'gated', 'sine'].map(decoder),
  ...['sine', 'gauss', 'tanh', 'softplus', 'gate'].map(pixels),
];

const xinc = async (...args) => {
  const { stdout } = await run(process.execPath, [cli, ...args, '--plugin', here, '--json'], { maxBuffer: 2 ** 28 });
  return JSON.parse(stdout);
};

const work = await mkdtemp(join(tmpdir(), 'xinc-rules-'));
process.stdout.write('| network | PSNR, dB | layer | what was read off | rank correlation |\n|---|---|---|---|---|\n');
try {
  for (const [i, [name, signal, model, settings]] of networks.entries()) {
    const out = join(work, String(i));
    const set = settings.flatMap((setting) => ['--set', setting]);
    const { psnr } = await xinc('train', ...signal, '--model', model, ...set, '--steps', '600', '--out', out);
    await xinc('analyze', out, 'faithfulness', '--set', `faithfulness.neurons=${NEURONS}`);
    const { layers } = await xinc('layers', out);
    const { values } = JSON.parse(await readFile(join(out, 'analysis', 'faithfulness', 'result.json'), 'utf8'));
    for (const [n, { id, reading }] of layers.entries()) {
      const correlation = values.rankCorrelation[id]?.toFixed(2) ?? 'not measured';
      process.stdout.write(
        `| ${n === 0 ? name : ''} | ${n === 0 ? psnr.toFixed(1) : ''} | ${id} | ${reading} | ${correlation} |\n`,
      );
    }
  }
} finally {
  await rm(work, { recursive: true, force: true });
}
