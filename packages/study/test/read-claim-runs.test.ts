import { writeFile } from 'node:fs/promises';
import type { Inr } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import { Run } from '@xinc/runs';
import { encodePng } from '@xinc/signals';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { amountOf, layerRows, readClaimRuns } from '../src/claims/claim-runs.js';
import type { DoneRun } from '../src/report/done-runs.js';
import { analysedRun } from './analysed-run.js';

/** Two layers of 5 and 3 neurons. */
const inr = {
  sampling: 'pixels',
  layers: [
    { id: 'layer1', kind: 'custom', neurons: 5 },
    { id: 'layer2', kind: 'custom', neurons: 3 },
  ],
} as unknown as Inr;
const plugin = { name: 'ffn', config: z.object({}), build: () => inr };
const registry = { all: () => [{ plugin }] } as unknown as Registry;

const pixelsTable = (rows: readonly (string | number)[][]) => ({
  name: 'pixels-per-neuron',
  title: '',
  columns: ['frame', 'layer', 'median'].map((name) => ({ name, description: '' })),
  rows,
});

const RANKING = ['layer', 'measure', 'least'].map((name) => ({ name, description: '' }));

/** A run whose picture is there. */
async function run(seed: number, analyses: Parameters<typeof analysedRun>[1], network = 'ffn'): Promise<DoneRun> {
  const done = await analysedRun(['bear', network, seed], analyses);
  const rgb = new Float32Array(4 * 8 * 3);
  await done.run.write('signal/frame-0000.png', await encodePng({ height: 4, width: 8, rgb }));
  return { ...done, run: await Run.open(done.run.path) };
}

test('a run gives the numbers of its tables by layer and frame, layers in the order of the network', async () => {
  const rows = [
    [0, 'layer2', 4],
    [0, 'layer1', 7],
    [9, 'layer1', 'NaN'],
  ];
  const absolute = { absolute: ['rgb'] };
  const done = await run(0, {
    'pixels-per-neuron': { tables: [pixelsTable(rows)] },
    'grouping-variance': {
      tables: [{ ...pixelsTable([]), name: 'ranking', columns: RANKING, rows: [['layer2', 'spread', 0.5]] }],
      values: absolute,
    },
  });
  const { runs, unreadable } = await readClaimRuns([done], registry);
  expect(unreadable).toEqual([]);
  const [one] = runs;
  expect(one).toMatchObject({ id: 'bear-ffn-s0', sampling: 'pixels', pixels: 32, ...absolute });
  const found = layerRows(one, 'pixels-per-neuron');
  expect(found.map(({ layer, frame }) => [layer.id, layer.neurons, frame])).toEqual([
    ['layer1', 5, 0],
    ['layer1', 5, 9],
    ['layer2', 3, 0],
  ]);
  expect(amountOf(found[0].rows[0], 'median')).toBe(7);
  expect(() => amountOf(found[1].rows[0], 'median')).toThrow('layer1 has median NaN on frame 9');
  expect(() => layerRows(one, 'grouping-variance')).toThrow('no table of grouping-variance');
  expect(one.tables.ranking).toEqual([{ layer: 'layer2', measure: 'spread', least: 0.5 }]);
  expect(() => layerRows(one, 'ranking')).toThrow('no numbers of layer1 in ranking');
  expect(() => layerRows(one, 'neurons-per-pixel')).toThrow('no analysis neurons-per-pixel');
});

test('a ranking over all frames is one of each layer, and variances that were analysed without one say so', async () => {
  const row = (layer: string) => [layer, 'spread', 0.5];
  const ranking = { ...pixelsTable([]), name: 'ranking', columns: RANKING, rows: [row('layer1'), row('layer2')] };
  const ranked = await run(0, { 'grouping-variance': { tables: [ranking] } });
  const before = await run(1, { 'grouping-variance': { tables: [] } });
  const { runs } = await readClaimRuns([ranked, before], registry);
  const found = layerRows(runs[0], 'ranking');
  expect(found.map(({ layer, frame, rows }) => [layer.id, frame, rows.length])).toEqual([
    ['layer1', null, 1],
    ['layer2', null, 1],
  ]);
  expect(() => layerRows(runs[1], 'ranking')).toThrow(/^no ranking in grouping-variance \(analysed before/);
});

test('a run whose results are damaged gives the reason, and one whose model is not at hand is not read', async () => {
  const damaged = await run(0, { 'pixels-per-neuron': {} });
  await writeFile(damaged.run.file('analysis/pixels-per-neuron/result.json'), '{');
  const foreign = await run(1, {}, 'other');
  const { runs, unreadable } = await readClaimRuns([damaged, foreign], registry);
  expect(runs.map(({ id }) => id)).toEqual(['bear-ffn-s0']);
  expect(() => layerRows(runs[0], 'pixels-per-neuron')).toThrow(/result\.json is damaged/);
  expect(unreadable).toEqual([expect.stringMatching(/^bear-other-s1 \(There is no model 'other'/)]);
});
