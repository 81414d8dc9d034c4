import { expect, test } from 'vitest';
import { medianOf, rankCurve, spreadOf } from './spread.js';

test('deviation is that of a sample, and not known of one value', () => {
  expect(spreadOf([2, 4, 9])).toEqual({ mean: 5, deviation: Math.sqrt((9 + 1 + 16) / 2) });
  expect(spreadOf([7])).toEqual({ mean: 7, deviation: null });
});

test('a rank curve goes from the least finite value to the greatest, whatever the number of values', () => {
  expect(rankCurve([3, Number.NaN, 1, 2], 3)).toEqual([1, 2, 3]);
  expect(rankCurve([5], 3)).toEqual([5, 5, 5]);
  expect(
    rankCurve(
      Float64Array.from({ length: 101 }, (_, i) => 100 - i),
      5,
    ),
  ).toEqual([0, 25, 50, 75, 100]);
  expect(rankCurve([Number.NaN, Number.POSITIVE_INFINITY], 3)).toEqual([]);
});

test('the median of an even number is between the two in the middle', () => {
  expect(medianOf([9, 1, 5])).toBe(5);
  expect(medianOf([9, 1, 5, 6])).toBe(5.5);
});
