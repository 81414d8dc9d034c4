import { expect, test } from 'vitest';
import { cellMeans } from './cell-means.js';

test('each cell has the mean of the pixels that lie in it, however many they are', () => {
  const plane = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const means = cellMeans(plane, Uint32Array.of(0, 0, 1), Uint32Array.of(0, 0, 1), { height: 2, width: 2 });
  expect([...means]).toEqual([3, 4.5, 7.5, 9]);
});

test('a cell with a pixel that is NaN is NaN, and no other', () => {
  const means = cellMeans([1, Number.NaN, 3, 4], Uint32Array.of(0), Uint32Array.of(0, 0, 1, 1), {
    height: 1,
    width: 2,
  });
  expect([...means]).toEqual([Number.NaN, 3.5]);
});
