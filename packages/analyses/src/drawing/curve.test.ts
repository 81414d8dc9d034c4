import { expect, it } from 'vitest';
import { sortedCurve } from './curve.js';

it.each([
  ['nothing', [], []],
  ['nothing but NaN', [Number.NaN], []],
  ['a single value', [7], [[0, 7]]],
  [
    'zeros and one other',
    [0, 5, 0],
    [
      [0, 0],
      [50, 0],
      [100, 5],
    ],
  ],
  [
    'negative, smallest and not finite ones',
    [2 ** -149, Number.POSITIVE_INFINITY, -3, Number.NaN],
    [
      [0, -3],
      [100, 1.4013e-45],
    ],
  ],
] as const)('a sorted curve has the finite values in order: %s', (_, values, expected) => {
  expect(sortedCurve(values).map(({ percent, value }) => [percent, value])).toEqual(expected);
});
