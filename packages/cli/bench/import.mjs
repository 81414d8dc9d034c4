import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePng } from '@xinc/signals';
import { median } from '../../../scripts/bench-lines.mjs';
import { bin, take } from './take.mjs';

/*
 * Networks of a million parameters that come in as ONNX against the same ones as built-in models: import, trace and report,
 * each command a process of its own. Processor time, in turn, since that is told apart from what else the machine does.
 * Argument: rounds (3).
 */
const rounds = Number(process.argv[2] ?? 3);
const folder = mkdtempSync(join(tmpdir(), 'xinc-bench-'));
const [height, width] = [128, 256];
const TARGET = 1.2;

/** Seconds of processors that the command takes. */
const xinc = (...args) => take(bin, ...args, '--quiet').processorSeconds;

/** Waves of three colours that move. */
function picture(t) {
  const rgb = Float32Array.from({ length: height * width * 3 }, (_, i) => {
    const p = Math.floor(i / 3);
    return 0.5 + 0.4 * Math.sin(Math.floor(p / width) / 9 + (p % width) / (5 + (i % 3)) + t);
  });
  return encodePng({ height, width, rgb });
}

try {
  const frames = join(folder, 'frames');
  mkdirSync(frames);
  for (let t = 0; t < 2; t++) writeFileSync(join(frames, `0000${t}.png`), await picture(t));
  const image = join(frames, '00000.png');
  for (const [model, signal, ...settings] of [
    ['siren', image, 'width=512', 'layers=6'],
    ['ffn', image, 'width=512', 'layers=4', 'fourierFeatures=512'],
    ['nerv', frames],
  ]) {
    const trained = join(folder, model);
    const set = settings.flatMap((setting) => ['--set', setting]);
    xinc('train', signal, '--model', model, ...set, '--steps', '1', '--seed', '1', '--out', trained);
    const [network, inputs, weights] = ['.onnx', '.npz', '.safetensors'].map((end) => trained + end);
    xinc('export', trained, '--format', 'onnx', '--out', network, '--inputs', inputs);
    xinc('export', trained, '--format', 'safetensors', '--out', weights);
    const takeIn = (...from) => {
      const run = join(folder, 'run');
      rmSync(run, { recursive: true, force: true });
      const seconds = xinc('import', ...from, '--signal', signal, '--out', run);
      return seconds + xinc('analyze', run, 'canvas', 'neurons-per-pixel', '--groupings', 'grid:4x8', '--frames', '0');
    };
    const taken = Array.from({ length: rounds }, () => ({
      imported: takeIn(network, '--inputs', inputs, '--range', '0:1'),
      builtIn: takeIn(weights, '--model', model),
    }));
    const ratio = median(taken.map(({ imported, builtIn }) => imported / builtIn));
    const [imported, builtIn] = ['imported', 'builtIn'].map((kind) => median(taken.map((round) => round[kind])));
    console.log(
      `${model} of a million parameters as ONNX: ${ratio.toFixed(2)} × the processor time of the built-in model, ${((100 * ratio) / TARGET).toFixed(0)} % of ${TARGET} ×; ${imported.toFixed(1)} s against ${builtIn.toFixed(1)} s, median of ${rounds}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
