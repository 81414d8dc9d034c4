import type { RasterFigure, Table } from '@xinc/core';
import { expect, test } from 'vitest';
import { clusterFigures } from '../src/report/cluster-figures.js';
import { mapFigures } from '../src/report/map-figures.js';
import { objectFigures } from '../src/report/object-figures.js';
import { analysedRun } from './analysed-run.js';

const TEXTS = { name: 'neurons', title: 'Neurons', caption: '', label: 'Neurons' };
const map = (signal: string, column: string, series: string, values: number[], shape = [1, 4]) => ({
  ...{ run: signal, signal, column, series, shape, readValues: async () => values },
});
const table = (name: string, columns: string[], rows: (string | number | null)[][]): Table => ({
  ...{ name, title: name, columns: columns.map((column) => ({ name: column, description: '' })), rows },
});

test('pictures of layers are the mean over seeds, on scales of their own that stand above them, a figure for each threshold', async () => {
  const { figures } = await mapFigures(
    [
      map('bear', 'ffn layer1', 'α = 0.1', [0, 10, 20, 30]),
      map('bear', 'ffn layer1', 'α = 0.1', [20, 10, 20, 50]),
      map('bear', 'ffn layer1', 'α = 0.5', [1, 1, 1, 2]),
      map('deer', 'nerv head', 'α = 0.1', [0, 0, 100, 100]),
    ],
    TEXTS,
  );
  expect(figures.map(({ name, title, columns }) => [name, title, columns])).toEqual([
    ['neurons-1', 'Neurons, α = 0.1', 2],
    ['neurons-2', 'Neurons, α = 0.5', 2],
  ]);
  const [{ panels }] = figures;
  expect(panels.map(({ title }) => title.split('\n'))).toEqual([
    ['bear', 'ffn layer1', '10 to 40 %'],
    ['bear', 'nerv head', 'none'],
    ['deer', 'ffn layer1', 'none'],
    ['deer', 'nerv head', '0 to 100 %'],
  ]);
  const [{ pixels }] = panels;
  // Percentile 99.5 of 10, 10, 20 and 40 is 39.7.
  expect(pixels.kind === 'values' && Array.from(pixels.values)).toEqual(
    [0, 0, 10 / 29.7, 30 / 29.7].map((value) => expect.closeTo(value, 5)),
  );
});

/** What neuron-clusters draws of a layer: two clusters of two maps, each of one value. */
const examples = (layer: string, frame = ''): RasterFigure => ({
  ...{ kind: 'raster', name: `examples-${layer}${frame}`, title: '', caption: '', columns: 4 },
  panels: [0.1, 0.2, 0.3, 0.4].map((value, i) => ({
    title: `cluster ${1 + Math.floor(i / 2)}: neuron ${i}`,
    ...{ height: 2, width: 3, pixels: { kind: 'values', values: new Float32Array(6).fill(value) } },
  })),
});

test('clusters of a signal are in one figure, of the first seed that has them, with their sizes and maps', async () => {
  const sizes = table(
    'clusters',
    ['layer', 'cluster', 'neurons'],
    [
      ['layer1', 1, 1200],
      ['layer1', 2, 7],
    ],
  );
  const { figures, text } = await clusterFigures([
    await analysedRun(['bear', 'ffn', 0], {}),
    await analysedRun(['bear', 'ffn', 1], { 'neuron-clusters': { figures: [examples('layer1')], tables: [sizes] } }),
    await analysedRun(['bear', 'ffn', 2], { 'neuron-clusters': { figures: [examples('layer1')] } }),
    await analysedRun(['bear', 'nerv', 0], { 'neuron-clusters': { figures: [examples('head', '-frame-0000')] } }),
  ]);
  expect(figures.map(({ name, title }) => [name, title])).toEqual([['clusters', 'Kinds of neurons, bear']]);
  const [figure] = figures as RasterFigure[];
  expect(figure.columns).toBe(2);
  expect(figure.caption).toContain('Shown is seed 1 of bear ffn, seed 0 of bear nerv;');
  expect(figure.panels.slice(0, 4).map(({ title }) => title)).toEqual([
    'ffn layer1\n1: 1,200 neurons',
    'nerv head\n1',
    'ffn layer1\n2: 7 neurons',
    'nerv head\n2',
  ]);
  const { height, width, pixels } = figure.panels[2];
  expect([height, width]).toEqual([6, 8]);
  expect(pixels.kind === 'values' && [pixels.values[0], pixels.values[5], pixels.values[5 * 8]]).toEqual(
    [0.3, 0.4, 0].map((value) => expect.closeTo(value, 6)),
  );
  expect(text.slice(1)).toEqual(['Not drawn: bear-ffn-s0 (not analysed).']);
});

/** What the analysis of objects finds of one layer, with the chart of two neurons on two frames. */
const objects = (thing: number, even = 0.5) => ({
  tables: [
    table(
      'objects',
      ['layer', 'object', 'frames', 'even_share'],
      [
        ['head', 'bear', 2, 0.5],
        ['head', 'other', 2, 0.5],
      ],
    ),
    table(
      'kinds',
      ['layer', 'by', 'kind', 'mean_share', 'even_share'],
      [
        ['head', 'type', 'thing', thing, even],
        ['head', 'category', 'animal', thing, even],
      ],
    ),
  ],
  charts: {
    'neurons-head': [3, 17].flatMap((neuron) =>
      [0, 1].flatMap((frame) =>
        ['bear', 'other', '2 others'].map((object) => ({
          neuron: `neuron ${neuron}`,
          frame,
          object,
          share: 25 * (frame + 1),
        })),
      ),
    ),
  },
});

test('what neurons give to things is drawn with its seeds, and single neurons over time in times of an even share', async () => {
  const { figures, tables, text } = await objectFigures([
    await analysedRun(['bear', 'nerv', 0], { objects: objects(0.6) }, { frames: 2 }),
    await analysedRun(['bear', 'nerv', 1], { objects: objects(0.8, 0.4) }, { frames: 2 }),
    await analysedRun(['bear', 'ffn', 0], {}),
    await analysedRun(['deer', 'ffn', 0], {}, { labelled: false }),
  ]);
  expect(text.slice(1)).toEqual(['Not drawn: bear-ffn-s0 (not analysed); deer-ffn-s0 (without labels).']);
  expect(tables.map(({ file }) => file)).toEqual(['report/kinds.csv']);
  expect(tables[0].table.rows).toEqual([
    ['bear', 'nerv', 'head', 'type', 'thing', 2, expect.closeTo(0.7, 12), expect.closeTo(Math.SQRT2 / 10, 12), 0.45],
    [
      'bear',
      'nerv',
      'head',
      'category',
      'animal',
      2,
      expect.closeTo(0.7, 12),
      expect.closeTo(Math.SQRT2 / 10, 12),
      0.45,
    ],
  ]);
  const valuesOf = (i: number) => {
    const figure = figures[i];
    return (figure.kind === 'chart' ? figure.spec.data : {}) as { values: Record<string, unknown>[] };
  };
  expect(figures.map(({ name }) => name)).toEqual(['kinds', 'objects']);
  expect(valuesOf(0).values).toEqual([
    { signal: 'bear', column: 'nerv head', kind: 'thing', low: 1.2, middle: 1.6, high: 2 },
  ]);
  // Labels that have no stuff leave no row for it.
  expect(JSON.stringify(figures[0])).toContain('"scale":{"domain":["thing"]}');
  const { values } = valuesOf(1);
  const most = values.filter(({ signal }) => signal === 'most specialised');
  expect(most.flatMap(({ words }) => words ?? [])).toEqual(['neuron 3']);
  expect(most.filter(({ object }) => object === 'bear').map(({ frame, times }) => [frame, times])).toEqual([
    [0, 1],
    [1, 2],
  ]);
  expect(values.some(({ object }) => object === '2 others')).toBe(false);
  expect(figures[1].caption).toContain('Shown is seed 0;');
});

test('where no run has an analysis, the part says so and draws nothing', async () => {
  const runs = [await analysedRun(['bear', 'ffn', 0], {})];
  for (const [part, name] of [
    [await clusterFigures(runs), 'neuron-clusters'],
    [await objectFigures(runs), 'objects'],
  ] as const) {
    expect(part.figures).toEqual([]);
    expect(part.tables).toEqual([]);
    expect(part.text.slice(1)).toEqual([`No run has the analysis ${name}.`, 'Not drawn: bear-ffn-s0 (not analysed).']);
  }
});
