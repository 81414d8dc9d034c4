import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Inr } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import { Run } from '@xinc/runs';
import { encodePng } from '@xinc/signals';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { DoneRun } from '../src/report/done-runs.js';
import { mapFigures } from '../src/report/map-figures.js';
import { type Curves, gatherSamples } from '../src/report/run-samples.js';
import { analysedRun } from './analysed-run.js';

const inr = { sampling: 'pixels', layers: [{ id: 'layer1', kind: 'custom', neurons: 5 }] } as unknown as Inr;
const plugin = { name: 'ffn', config: z.object({}), build: () => inr };
const registry = { all: () => [{ plugin }] } as unknown as Registry;

const MAPS: Curves = {
  analysis: 'neurons-per-pixel',
  countsDead: false,
  read: (name, { neurons }) =>
    name === 'map'
      ? { series: name, values: (stored) => Float64Array.from(stored).map((count) => count / neurons) }
      : undefined,
};
/** Extent of a map: 0.5 MB of values are read of a run. */
const SIDE = 256;

/** A run with a large map. */
async function runOf(seed: number): Promise<DoneRun> {
  const data = Float32Array.from({ length: SIDE ** 2 }, (_, i) => (i % SIDE) + seed);
  const map = { frame: 0, layer: 'layer1', name: 'map', shape: [SIDE, SIDE], data };
  const done = await analysedRun(['bear', 'ffn', seed], { 'neurons-per-pixel': { arrays: [map] } });
  const rgb = new Float32Array(4 * 8 * 3);
  await done.run.write('signal/frame-0000.png', await encodePng({ height: 4, width: 8, rgb }));
  return { ...done, run: await Run.open(done.run.path) };
}

/** Bytes of all arrays that are in use. */
function arrayBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().arrayBuffers;
}

test('of the maps of runs curves are kept and no values, and a figure is the mean over them all', async () => {
  const runs: DoneRun[] = [];
  for (let seed = 0; seed < 4; seed++) runs.push(await runOf(seed));
  const before = arrayBytes();
  const { samples, missing } = await gatherSamples(runs, registry, MAPS);
  // Less than the values of one run.
  expect(arrayBytes() - before).toBeLessThan(8 * SIDE ** 2);
  expect(missing).toEqual([]);
  expect(samples.map(({ curve }) => [curve[0], curve.length, curve.at(-1)])).toEqual(
    [0, 1, 2, 3].map((seed) => [seed / 5, 51, (SIDE - 1 + seed) / 5]),
  );
  const [figure] = await mapFigures(samples, { name: 'maps', title: 'Maps', caption: '', label: '' });
  const [{ title, width }] = figure.panels;
  // Cells of 2 × 2 pixels, from (0.5 + 1.5) ÷ 5 to (254.5 + 1.5) ÷ 5.
  expect(width).toBe(128);
  expect(title).toBe('bear\nffn layer1\n0.4 to 51 %');
});
