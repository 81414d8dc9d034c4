import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mean, median, quantile } from './averages.js';

describe('averages', () => {
  it("interpolate quantiles as NumPy's default does and pass over what is not finite", () => {
    expect(quantile([4, 1, 3, 2], 0.25)).toBeCloseTo(1.75, 12);
    expect(quantile([10, Number.NaN, 20], 0.9)).toBeCloseTo(19, 12);
    expect(median([5, 1, 9, 7])).toBe(6);
    expect(mean([1, 2, 6])).toBe(3);
  });

  it('find the quantiles of a sorted copy, and leave the values as they are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true })), {
          minLength: 1,
          maxLength: 700,
        }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, q) => {
          const before = [...values];
          const sorted = values.toSorted((a, b) => a - b);
          const position = q * (sorted.length - 1);
          const [below, above] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
          expect(quantile(values, q)).toBeCloseTo(below + (position % 1) * (above - below), 10);
          expect(values).toEqual(before);
        },
      ),
    );
  });

  it.each([
    ['all zero', [0, 0, 0], 0, 0, 0],
    ['mostly zero', [0, 0, 0, 0, 8], 0, 0, 0],
    ['half zero', [0, 8, 0, 8], 0, 4, 8],
    ['a single value', [7], 7, 7, 7],
    ['the smallest numbers', [2 ** -149, 0, 3 * 2 ** -149], 2 ** -150, 2 ** -149, 2 ** -148],
    ['negative ones', [-4, -2, -1], -3, -2, -1.5],
    [
      'NaN and infinities among others',
      [Number.NaN, 5, Number.NEGATIVE_INFINITY, 1, Number.POSITIVE_INFINITY],
      2,
      3,
      4,
    ],
  ] as const)('have quartiles near zero and of odd lists: %s', (_, values, lower, middle, upper) => {
    expect([0.25, 0.5, 0.75].map((q) => quantile(values, q))).toEqual([lower, middle, upper]);
  });

  it('are NaN of nothing', () => {
    expect(median([Number.NaN])).toBeNaN();
    expect(mean([])).toBeNaN();
  });
});
