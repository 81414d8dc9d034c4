import { expect, it } from 'vitest';
import { objectShares } from './object-shares.js';

it('compares means per pixel, so that size does not count, and joins groups of one name', () => {
  const groups = [{ name: 'sky' }, { name: 'boat' }, { name: 'sky' }, { name: 'gone' }];
  const { names, even, rows } = objectShares([30, 6, 10, 0], [30, 2, 10, 0], groups);
  expect(names).toEqual(['sky', 'boat']);
  expect(even).toBe(0.5);
  expect(rows).toEqual([
    { index: 1, value: 3, share: 0.75 },
    { index: 0, value: 1, share: 0.25 },
  ]);
});

it('ranks nothing for a dead neuron', () => {
  expect(objectShares([0, 0], [3, 4], [{ name: 'a' }, { name: 'b' }]).rows).toEqual([]);
});
