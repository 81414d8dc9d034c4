import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mixing } from './mixing.js';

describe('mixing', () => {
  it('is one where clusters hold the runs in equal proportion, whatever their sizes', () => {
    expect(
      mixing([
        [6, 3],
        [2, 1],
        [40, 20],
      ]).share,
    ).toBeCloseTo(1, 12);
  });

  it('is zero where every cluster holds one run', () => {
    expect(
      mixing([
        [5, 0],
        [0, 9],
        [1, 0],
      ]),
    ).toEqual({ entropies: [0, 0, 0], share: 0 });
  });

  it('weighs clusters by their size', () => {
    const { entropies, share } = mixing([
      [3, 3],
      [1, 0],
      [0, 1],
    ]);
    expect(entropies).toEqual([1, 0, 0]);
    expect(share).toBeCloseTo(6 / 8, 12);
  });

  it('says nothing of a single run', () => {
    expect(mixing([[4], [2]]).share).toBeNaN();
  });

  it('stays between zero and one and does not depend on the order of runs or clusters', () => {
    const counts = fc
      .integer({ min: 2, max: 4 })
      .chain((runs) =>
        fc.array(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: runs, maxLength: runs }), { minLength: 1 }),
      );
    fc.assert(
      fc.property(counts, (table) => {
        const { share } = mixing(table);
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1 + 1e-12);
        expect(mixing([...table].reverse().map((row) => [...row].reverse())).share).toBeCloseTo(share, 10);
      }),
    );
  });
});
