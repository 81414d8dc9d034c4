import { describe, expect, it } from 'vitest';
import { displayRange, forDisplay } from './display-range.js';

const TINY = 2 ** -149;
/** 299 times one value, and another one. */
const mostly = (value: number, other: number) => [...Array(299).fill(value), other];

describe('the range of a colour scale', () => {
  it.each([
    ['all zero', [0, 0, 0], [0, 1]],
    ['a single value', [7], [0, 7]],
    ['a single zero', [0], [0, 1]],
    ['mostly zero', mostly(0, 5), [0, 5]],
    ['all the same', [3, 3, 3], [0, 3]],
    ['the smallest numbers', [0, TINY, 2 * TINY], [0, 2 * TINY]],
    ['NaN among others', [1, Number.NaN, 3], [1, 3]],
    ['nothing but NaN', [Number.NaN], [0, 1]],
  ] as const)('is never empty: %s', (_, values, expected) => {
    const [low, high] = displayRange(values, 0, 100);
    expect([low, high]).toEqual(expected);
  });

  it('reaches to the largest value where both percentiles are the same', () => {
    expect(displayRange(mostly(2, 9), 0.5, 99)).toEqual([0, 9]);
  });
});

describe('a map for pictures', () => {
  it.each([
    ['all zero', [0, 0], [0, 0]],
    ['a single value', [7], [0]],
    ['the smallest numbers', [0, TINY, 4 * TINY], [0, 0.25, 1]],
    ['values that differ by rounding only', [1, 1 + 1e-8], [0, 0]],
  ] as const)('goes from 0 to 1, and is 0 where it does not vary: %s', (_, values, expected) => {
    for (const [i, value] of forDisplay(Float32Array.from(values)).entries()) {
      expect(value).toBeCloseTo(expected[i], 1);
    }
  });

  it('ends at its largest value where all others are the same', () => {
    const drawn = forDisplay(mostly(0, 5));
    expect([drawn[0], drawn[299]]).toEqual([0, 1]);
  });
});
