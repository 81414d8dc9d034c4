import { expect, test } from 'vitest';
import { jobArrays } from './job-arrays.js';

/** Places of the tasks that Slurm would start. */
const placesOf = (arrays: ReturnType<typeof jobArrays>): number[] =>
  arrays.flatMap(({ offset, indices }) =>
    indices.split(',').flatMap((range) => {
      const [first, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => offset + first + i);
    }),
  );

test('indices are places, and runs of them are ranges', () => {
  expect(jobArrays([1, 2, 3, 5, 8, 9], 1001)).toEqual([{ offset: 0, indices: '1-3,5,8-9', count: 6 }]);
  expect(jobArrays([], 1001)).toEqual([]);
});

test('tasks beyond the largest index are in arrays of their own, with an offset', () => {
  expect(jobArrays([1, 4, 5, 6, 7], 4)).toEqual([
    { offset: 0, indices: '1', count: 1 },
    { offset: 3, indices: '1-3', count: 3 },
    { offset: 6, indices: '1', count: 1 },
  ]);
});

test('every task is in one array, and no index is too large or list too long, for any size of arrays', () => {
  const places = Array.from({ length: 30_000 }, (_, i) => i + 1).filter((place) => place % 2 === 0 || place % 7 < 3);
  for (const size of [3, 1001, 4_000_001]) {
    const arrays = jobArrays(places, size);
    expect(placesOf(arrays)).toEqual(places);
    expect(arrays.reduce((sum, { count }) => sum + count, 0)).toBe(places.length);
    const largest = arrays.map(({ indices }) => Math.max(...indices.split(/[,-]/).map(Number)));
    expect(largest.filter((index) => index >= size)).toEqual([]);
    expect(arrays.filter(({ indices }) => indices.length > 61_000)).toEqual([]);
  }
});
