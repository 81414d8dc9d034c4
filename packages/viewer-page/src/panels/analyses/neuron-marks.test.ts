import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { expect, it } from 'vitest';
import { neuronMarks, tooltipInWords } from './neuron-marks.js';

const rows = [
  { neuron: 3, x: 0, y: 0, of: 'a' },
  { neuron: 1, x: 10, y: 10, of: 'a' },
  { neuron: 7, x: 10, y: 0, of: 'b' },
];

/** A chart, drawn nowhere. */
async function draw(unit: object) {
  const encoding = {
    x: { field: 'x', type: 'quantitative' },
    y: { field: 'y', type: 'quantitative' },
    tooltip: [{ field: 'neuron' }, { field: 'of' }],
  };
  const spec = { data: { values: rows }, width: 100, height: 50, padding: 9, encoding, ...unit };
  const view = new vega.View(vega.parse(compile(spec as TopLevelSpec).spec), { renderer: 'none' });
  await view.runAsync();
  return view;
}
it('finds the marks of neurons where they are drawn, once for each row', async () => {
  const view = await draw({ layer: [{ mark: 'line' }, { mark: 'point' }, { mark: 'text' }] });
  const marks = neuronMarks(view);
  // Padding and what labels take of the room lie before the plot.
  const [left, top] = view.origin().map((room) => room + 9);
  expect(left).toBeGreaterThan(20);
  expect(marks.map(({ neuron, x, y }) => [neuron, Math.round(x - left), Math.round(y - top)])).toEqual([
    [1, 100, 0],
    [3, 0, 50],
    [7, 100, 50],
  ]);
  expect(tooltipInWords(marks[0])).toEqual(['of a']);
});

it('finds those of facets in their places', async () => {
  const view = await draw({
    mark: 'point',
    encoding: { facet: { field: 'of' }, x: { field: 'x', type: 'quantitative' } },
  });
  const at = Object.fromEntries(neuronMarks(view).map(({ neuron, x }) => [neuron, x]));
  expect(at[1] - at[3]).toBeCloseTo(100, 0);
  expect(at[7] - at[1]).toBeGreaterThan(100);
});

it('finds none in lines, axes and rows without a neuron', async () => {
  expect(neuronMarks(await draw({ mark: 'line' }))).toEqual([]);
  expect(neuronMarks(await draw({ mark: 'point', data: { values: [{ x: 1, y: 2, neuron: 'n' }] } }))).toEqual([]);
});
