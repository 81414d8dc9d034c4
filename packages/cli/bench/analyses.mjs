import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { encodePng } from '@xinc/signals';
import { compareWithUmapLearn } from './umap-learn.mjs';

/*
 * All analyses but `neuron-clusters` and `faithfulness` on one frame of 128×256 pixels, as a user runs them: groupings with
 * their k-means, tables, figures as SVG and PNG, and the report; then `neuron-clusters` of the NeRV alone, beside umap-learn. Each command is a
 * process of its own; seconds on the clock (and of processors), and the largest memory it ever held, beside the targets.
 */
const bin = fileURLToPath(new URL('../bin/xinc.js', import.meta.url));
const usage = pathToFileURL(fileURLToPath(new URL('usage.mjs', import.meta.url))).href;
const folder = mkdtempSync(join(tmpdir(), 'xinc-bench-'));
const [height, width] = [128, 256];

function xinc(...args) {
  const file = join(folder, 'usage.json');
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--import', usage, bin, ...args], {
    encoding: 'utf8',
    env: { ...process.env, XINC_BENCH_USAGE: file },
  });
  if (status !== 0) throw new Error(`xinc ${args.join(' ')}: ${stderr}`);
  return { seconds: (performance.now() - start) / 1000, ...JSON.parse(readFileSync(file, 'utf8')) };
}

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
  for (let t = 0; t < 4; t++) writeFileSync(join(frames, `0000${t}.png`), await picture(t));
  for (const [model, input, target, frame] of [
    ['ffn', join(frames, '00000.png'), 6, '0'],
    ['nerv', frames, 10, '1'],
  ]) {
    const run = join(folder, model);
    xinc('train', input, '--model', model, '--steps', '1', '--seed', '1', '--out', run, '--quiet');
    const named = model === 'ffn' ? analyses.filter((name) => name !== 'motion') : analyses;
    const ask = ['analyze', run, ...named, '--frames', frame, '--groupings', 'rgb:32,gabor:32,grid:4x8', '--quiet'];
    const rounds = Array.from({ length: 3 }, () => {
      // Label maps are kept in a run: each round makes them anew.
      rmSync(join(run, 'signal', 'labels'), { recursive: true, force: true });
      return xinc(...ask);
    }).sort((a, b) => a.seconds - b.seconds);
    const { seconds, processorSeconds, megabytes } = rounds[0];
    console.log(
      `analyses of ${model}, one frame: ${seconds.toFixed(1)} s of ${target} s (${processorSeconds.toFixed(1)} s of processors); whole process ${megabytes.toFixed(0)} MB of 600 MB; best of ${rounds.length}`,
    );
  }
  const clusters = [
    'analyze',
    join(folder, 'nerv'),
    'neuron-clusters',
    '--frames',
    '1',
    '--groupings',
    'gabor:32',
    '--quiet',
  ];
  const { seconds, processorSeconds, megabytes } = xinc(...clusters);
  console.log(
    `neuron-clusters of nerv, 23,930 neurons in four layers: ${seconds.toFixed(1)} s of 60 s, the target of the largest alone (${processorSeconds.toFixed(1)} s of processors); whole process ${megabytes.toFixed(0)} MB`,
  );
  compareWithUmapLearn(join(folder, 'nerv', 'analysis', 'neuron-clusters', 'frame-0001'), {
    seconds,
    processorSeconds,
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
