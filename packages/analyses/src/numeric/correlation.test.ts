import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pearson, ranked, spearman as spearmanOf } from './correlation.js';

const spearman = (a: readonly number[], b: readonly number[]) => spearmanOf(ranked(a), ranked(b));

const numbers = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), {
  minLength: 3,
  maxLength: 40,
});
const columns = (pairs: readonly (readonly [number, number])[]) => [pairs.map(([a]) => a), pairs.map(([, b]) => b)];

describe('correlations', () => {
  it('agree with worked examples, ties at their mean rank', () => {
    expect(pearson([1, 2, 3, 4], [2, 4, 6, 8])).toBeCloseTo(1, 12);
    expect(pearson([1, 2, 3], [1, 0, -4])).toBeCloseTo(-5 / Math.sqrt(2 * 14), 12);
    // Ranks 0, 1.5, 1.5, 3 against 0, 1, 2, 3.
    expect(spearman([10, 20, 20, 90], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
    expect(spearman([1, 2, 3, 4], [1, 10, 100, 1000])).toBeCloseTo(1, 12);
    expect([...ranked([0, 3, -0, -2, 3, 3]).ranks!]).toEqual([1.5, 4, 1.5, 0, 4, 4]);
  });

  it('are undefined where one side does not vary', () => {
    expect(pearson(new Array(48).fill(0.1), [...Array(48).keys()])).toBeNaN();
    expect(spearman([1, 2], [3, 3])).toBeNaN();
    expect(pearson([], [])).toBeNaN();
    const rounded = [0.1, 0.1 * (1 + 1e-7), 0.1 * (1 - 1e-7), 0.1];
    expect([pearson, spearman].map((of) => of(rounded, [1, 2, 3, 4]))).toEqual([Number.NaN, Number.NaN]);
    expect([pearson, spearman].map((of) => of([1, Number.NaN, 3], [1, 2, 3]))).toEqual([Number.NaN, Number.NaN]);
    // Small is not the same everywhere.
    expect(pearson([1e-40, 2e-40, 3e-40], [1, 2, 3])).toBeCloseTo(1, 9);
  });

  it('are symmetric, within −1 and 1, and blind to scale; ranks also to any increasing change', () => {
    fc.assert(
      fc.property(numbers, (pairs) => {
        const [a, b] = columns(pairs);
        for (const correlate of [pearson, spearman]) {
          const value = correlate(a, b);
          if (Number.isNaN(value)) continue;
          expect(Math.abs(value)).toBeLessThanOrEqual(1 + 1e-9);
          expect(correlate(b, a)).toBeCloseTo(value, 9);
          expect(
            correlate(
              a.map((v) => 3 * v + 7),
              b,
            ),
          ).toBeCloseTo(value, 9);
          expect(
            correlate(
              a.map((v) => -v),
              b,
            ),
          ).toBeCloseTo(-value, 9);
        }
        const rank = spearman(a, b);
        if (!Number.isNaN(rank))
          expect(
            spearman(
              a.map((v) => v ** 3),
              b,
            ),
          ).toBeCloseTo(rank, 9);
      }),
    );
  });
});
