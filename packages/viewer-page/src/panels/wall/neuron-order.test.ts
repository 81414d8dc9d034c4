import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { orderNeurons } from './neuron-order.js';

const keys = {
  totals: [3, 0, 5, Number.NaN, 5],
  region: [1, 9, 2, 0, 4],
  clusters: [1, -1, 0, 0, 1],
};
const order = (...rest: [Parameters<typeof orderNeurons>[1], boolean]) => [...orderNeurons(5, rest[0], keys, rest[1])];

describe('the wall is sorted', () => {
  test('by total, the largest first, equal ones by index, unknown ones last', () => {
    expect(order('total', false)).toEqual([2, 4, 0, 1, 3]);
  });

  test('by region', () => expect(order('region', false)).toEqual([1, 4, 2, 0, 3]));
  test('by cluster, and by total in each', () => expect(order('cluster', false)).toEqual([2, 3, 4, 0, 1]));
  test('by index', () => expect(order('index', false)).toEqual([0, 1, 2, 3, 4]));
});

test('dead neurons are left out, unknown ones are not', () => {
  expect(order('index', true)).toEqual([0, 2, 3, 4]);
});

test('every neuron is there once', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 3, noNaN: true })), (totals) => {
      const sorted = orderNeurons(totals.length, 'total', { totals }, false);
      expect([...sorted].sort((a, b) => a - b)).toEqual(totals.map((_, i) => i));
      for (let i = 1; i < sorted.length; i++) expect(totals[sorted[i]]).toBeLessThanOrEqual(totals[sorted[i - 1]]);
    }),
  );
});
