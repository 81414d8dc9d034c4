import { expect, test } from 'vitest';
import { chartData } from './chart-data.js';

const none = async (name: string): Promise<string> => {
  throw new Error(`nothing asks for ${name}`);
};

test('the rows of a chart are kept as they were written, with empty cells where a row has no such field', async () => {
  const spec = {
    mark: 'point',
    data: {
      values: [
        { x: 1, y: 'a' },
        { x: 2, z: [3, 4] },
        { x: null, y: true },
      ],
    },
  };
  expect(await chartData(spec, none)).toEqual({
    columns: [{ name: 'x' }, { name: 'y' }, { name: 'z' }],
    rows: [
      [1, 'a', null],
      [2, null, '[3,4]'],
      [null, 'true', null],
    ],
  });
});

test('a field that one row has and another has not is an empty cell, whatever it is called', async () => {
  const { rows } = await chartData({ data: { values: [{ constructor: 1 }, { x: 2 }] } }, none);
  expect(rows).toEqual([
    [1, null],
    [null, 2],
  ]);
});

test('lists of several parts, files and named lists are told apart', async () => {
  const spec = {
    datasets: { named: [{ x: 0 }] },
    layer: [
      { data: { values: [1] } },
      { data: { url: 'a.csv' } },
      { data: { url: 'b.json' } },
      { data: { name: 'named' } },
    ],
  };
  const files: Record<string, string> = { 'a.csv': 'x,y\n5,six\n', 'b.json': ' [{"x": 7}]' };
  expect(await chartData(spec, async (name) => files[name])).toEqual({
    columns: [{ name: 'list' }, { name: 'x' }, { name: 'data' }, { name: 'y' }],
    rows: [
      [1, 0, null, null],
      [2, null, 1, null],
      [3, '5', null, 'six'],
      [4, 7, null, null],
    ],
  });
});
