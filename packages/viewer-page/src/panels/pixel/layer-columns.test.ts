import { expect, test } from 'vitest';
import type { LayerView } from '../../api.js';
import { layerAtPixel } from './layer-at-pixel.js';
import { layerColumns, layerRows } from './layer-columns.js';

const layer = { id: 'layer1', label: 'Layer <1>', neurons: 4, faithfulness: 0.25 } as LayerView;
const colors = { ink: 'black', muted: 'gray', positive: 'red', negative: 'blue' };

test('a layer at a pixel: the strongest by size, what they make of the whole, and what is left for the others', () => {
  const { ranking, total, most, rest } = layerAtPixel(layer, Float32Array.of(0.5, -3, 0, 0.5), 2);
  expect(ranking.rows.map(({ index, value }) => [index, value])).toEqual([
    [1, -3],
    [0, 0.5],
  ]);
  expect([total, most, rest]).toEqual([4, 3, 0.125]);
});

test('where no neuron contributes, nothing is ranked and no share is told', () => {
  const { ranking, total, rest } = layerAtPixel(layer, new Float32Array(4), 2);
  expect([ranking.rows, total, rest]).toEqual([[], 0, Number.NaN]);
});

test('the drawing has a column for each layer, bars as long as shares in the colour of their sign, and no markup of names', () => {
  const one = layerAtPixel(layer, Float32Array.of(1, -2, 0, 0), 2);
  const { text, width, height } = layerColumns([one, one], colors);
  expect(text.match(/<rect/g)).toHaveLength(4);
  expect(text).toMatch(/width="74" height="10" fill="blue"[\s\S]*width="37" height="10" fill="red"/);
  expect(text).toContain('Layer &lt;1&gt;');
  expect(text).toContain('ρ 0.25: hardly');
  expect([width, height]).toEqual([528, 96]);
});

test('its numbers are those of the neurons drawn', () => {
  const one = layerAtPixel(layer, Float32Array.of(1, -3, 0, 0), 2);
  const { columns, rows } = layerRows([one]);
  expect(columns.map(({ name }) => name)).toEqual(['layer', 'neuron', 'contribution', 'share', 'faithfulness']);
  expect(rows).toEqual([
    ['layer1', 1, -3, 0.75, 0.25],
    ['layer1', 0, 1, 0.25, 0.25],
  ]);
});
