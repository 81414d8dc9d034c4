import type { Table } from '@xinc/core';
import { expect, test } from 'vitest';
import { Numbering } from './numbering.js';
import { tableMarkup } from './table.js';

const table: Table = {
  name: 'clusters',
  title: 'Clusters',
  columns: [
    { name: 'typical_neuron', description: 'Index of the neuron nearest to its middle' },
    { name: 'neurons', unit: 'neurons', description: 'Neurons in it' },
    { name: 'mean', unit: 'pixels', description: 'Pixels of a neuron' },
  ],
  rows: [
    [18141, 3093, 21150.4],
    [2936, 18352, 950.25],
  ],
};
const { text } = tableMarkup(table, undefined, new Numbering());

test('amounts have their thousands set apart, in whatever column; indices, which have no unit, do not', () => {
  const cells = [...text.matchAll(/<td[^>]*>([^<]*)<\/td>/g)].map(([, cell]) => cell);
  expect(cells).toEqual(['18141', '3,093', '21,150', '2936', '18,352', '950.3']);
});

test('a unit stands below a name that does not say it already', () => {
  const heads = [...text.matchAll(/<th[^>]*>(.*?)<\/th>/g)].map(([, head]) => head.replace(/<[^>]*>/g, ''));
  expect(heads).toEqual(['typical neuron', 'neurons', 'mean pixels']);
  expect(text).toContain('Neurons in it <span class="unit">(neurons)</span>');
});
