import { rm, writeFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Inr, RasterPanel } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import { Run } from '@xinc/runs';
import { encodePng } from '@xinc/signals';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { DoneRun } from '../src/report/done-runs.js';
import { figureParts } from '../src/report/figure-parts.js';
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
const TEXTS = { name: 'maps', title: 'Maps', caption: '', label: '' };
/** Extent of a map: 0.5 MB of values are read of a run. */
const SIDE = 256;

/** A run with a large map. */
async function runOf(seed: number): Promise<DoneRun> {
  const data = Float32Array.from({ length: SIDE ** 2 }, (_, i) => (i % SIDE) + seed);
  const map = { frame: 0, layer: 'layer1', name: 'map', shape: [SIDE, SIDE], data };
  const arrays = [map, { ...map, name: 'area_0.1' }];
  const done = await analysedRun(['bear', 'ffn', seed], { 'neurons-per-pixel': { arrays } });
  const rgb = new Float32Array(4 * 8 * 3);
  await done.run.write('signal/frame-0000.png', await encodePng({ height: 4, width: 8, rgb }));
  return { ...done, run: await Run.open(done.run.path) };
}

const valuesOf = ({ pixels }: RasterPanel): number[] => {
  if (pixels.kind !== 'values') throw new Error('values are expected');
  return Array.from(pixels.values);
};

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
  const { figures, missing: without } = await mapFigures(samples, TEXTS);
  expect(without).toEqual([]);
  const [{ title, width }] = figures[0].panels;
  // Cells of 2 × 2 pixels, from (0.5 + 1.5) ÷ 5 to (254.5 + 1.5) ÷ 5.
  expect(width).toBe(128);
  expect(title).toBe('bear\nffn layer1\n0.4 to 51 %');
});

test('a map that cannot be read a second time is left out of the mean, and its run is named: it may be analysed again meanwhile', async () => {
  const runs: DoneRun[] = [];
  for (let seed = 0; seed < 3; seed++) runs.push(await runOf(seed));
  const { samples } = await gatherSamples(runs, registry, MAPS);
  const mapOf = ({ run }: DoneRun) => run.file('analysis/neurons-per-pixel/0-layer1-map.npy');
  await rm(mapOf(runs[0]));
  await writeFile(mapOf(runs[1]), 'half-written');
  const { figures, missing } = await mapFigures(samples, TEXTS);
  const alone = await mapFigures(samples.slice(2), TEXTS);
  const [[panel], [other]] = [figures[0].panels, alone.figures[0].panels];
  expect(panel.title).toBe(other.title);
  const expected = valuesOf(other);
  expect(Math.max(...valuesOf(panel).map((value, i) => Math.abs(value - expected[i])))).toBeLessThan(1e-6);
  expect(missing).toEqual([
    expect.stringMatching(/^bear-ffn-s0 \(not in all pictures: .*0-layer1-map\.npy/),
    expect.stringMatching(/^bear-ffn-s1 \(not in all pictures: /),
  ]);
  await rm(mapOf(runs[1]));
  await rm(mapOf(runs[2]));
  const none = await mapFigures(samples, TEXTS);
  expect(none.figures[0].panels[0].title).toBe('bear\nffn layer1\nnone');
  expect(none.missing).toHaveLength(3);
});

test('a report is written without the maps of a run that is analysed again while they are read', async () => {
  const runs = [await runOf(0), await runOf(1)];
  const [{ run }] = runs;
  // The first reading, for the curve, finds it; then it is gone.
  const read = run.read.bind(run);
  run.read = async (name, limit) => {
    const bytes = await read(name, limit);
    if (name.endsWith('-area_0.1.npy')) await rm(run.file(name));
    return bytes;
  };
  const parts = await figureParts(runs, registry);
  const part = parts.find(({ title }) => title === 'How many neurons paint a pixel')!;
  expect(part.figures.map(({ name }) => name)).toEqual(['neurons-per-pixel', 'neurons-of-pixels-1']);
  expect(part.text[1]).toMatch(/^Not drawn is 1 run: bear-ffn-s0 \(not in all pictures: /);
});
