import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodePng } from '@xinc/signals';
import { RUNS, ratio } from '../../../scripts/bench-lines.mjs';
import { bin, take } from './take.mjs';
import { compareWithUmapLearn } from './umap-learn.mjs';

/*
 * All analyses but `neuron-clusters` and `faithfulness` on one frame of 128×256 pixels, as a user runs them: groupings of the whole video with
 * their k-means, tables, figures as SVG and PNG, and the report; in turns with the tracing alone (traced-alone.mjs), which they are told as a multiple of;
 * then `neuron-clusters` of the NeRV alone, beside umap-learn. Each command is a process of its own; seconds on the clock (and of processors), and
 * the largest memory it ever held, beside the targets.
 */
const alone = fileURLToPath(new URL('traced-alone.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'xinc-bench-'));
const [height, width] = [128, 256];
/** As many as a default NeRV is trained on in the paper. */
const FRAMES = 30;
const GROUPINGS = 'rgb:32,gabor:32,grid:4x8';

const xinc = (...args) => take(bin, ...args);

/** Discs that move over a ground of waves: many colours, edges and textures. */
function picture(t) {
  const rgb = new Float32Array(height * width * 3);
  for (let p = 0; p < height * width; p++) {
    const [y, x] = [Math.floor(p / width), p % width];
    const wave = 0.16 * Math.sin(x / 3 + y / 7) + 0.12 * Math.sin(y / 2);
    for (let c = 0; c < 3; c++) {
      const disc = Math.hypot(y - 30 - 30 * c, x - 60 - 50 * c - 3 * t) < 22;
      rgb[3 * p + c] = Math.max(0, Math.min(1, 0.35 + wave + (disc ? 0.35 : 0) + (x * (c + 1)) / 1500));
    }
  }
  return encodePng({ height, width, rgb });
}

const analyses = [
  'canvas',
  'grouping-variance',
  'pixels-per-neuron',
  'neurons-per-pixel',
  'contribution-distribution',
  'motion',
  'intensity-edges',
  'completeness',
];
try {
  const frames = join(folder, 'frames');
  mkdirSync(frames);
  for (let t = 0; t < FRAMES; t++) {
    writeFileSync(join(frames, `${String(t).padStart(5, '0')}.png`), await picture(t));
  }
  for (const { model, title, input, target, frame, most } of [
    { model: 'ffn', title: 'an FFN', input: join(frames, '00000.png'), target: 6, frame: '0' },
    { model: 'nerv', title: 'a NeRV frame', input: frames, target: 10, frame: '15', most: 2 },
  ]) {
    const run = join(folder, model);
    xinc('train', input, '--model', model, '--steps', '1', '--seed', '1', '--out', run, '--quiet');
    const named = model === 'ffn' ? analyses.filter((name) => name !== 'motion') : analyses;
    const ask = ['analyze', run, ...named, '--frames', frame, '--groupings', GROUPINGS, '--quiet'];
    const rounds = Array.from({ length: RUNS }, () => {
      // Label maps are kept in a run: each round makes them anew.
      rmSync(join(run, 'signal', 'labels'), { recursive: true, force: true });
      return { all: xinc(...ask), tracing: JSON.parse(take(alone, run, frame, GROUPINGS, ...named).stdout) };
    });
    const best = rounds.map(({ all }) => all).reduce((a, b) => (b.seconds < a.seconds ? b : a));
    console.log(
      `analyses of ${model}, one frame: ${best.seconds.toFixed(1)} s of ${target} s (${best.processorSeconds.toFixed(1)} s of processors); whole process ${best.megabytes.toFixed(0)} MB of 600 MB; best of ${rounds.length}`,
    );
    for (const [words, key] of [
      ['wall time', 'seconds'],
      ['processor time', 'processorSeconds'],
    ]) {
      ratio({
        name: `all analyses and report of ${title}, ${words}`,
        peer: 'its tracing alone',
        ours: rounds.map(({ all }) => all[key]),
        theirs: rounds.map(({ tracing }) => tracing[key]),
        ...(most !== undefined && { target: most }),
      });
    }
  }
  const clusters = [
    'analyze',
    join(folder, 'nerv'),
    'neuron-clusters',
    '--frames',
    '15',
    '--groupings',
    'gabor:32',
    '--quiet',
  ];
  const { seconds, processorSeconds, megabytes } = xinc(...clusters);
  console.log(
    `neuron-clusters of nerv, 23,930 neurons in four layers: ${seconds.toFixed(1)} s of 60 s, the target of the largest alone (${processorSeconds.toFixed(1)} s of processors); whole process ${megabytes.toFixed(0)} MB`,
  );
  compareWithUmapLearn(join(folder, 'nerv', 'analysis', 'neuron-clusters', 'frame-0015'), () => xinc(...clusters));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
