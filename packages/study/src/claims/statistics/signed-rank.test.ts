import { expect, test } from 'vitest';
import { leastP, signedRank, twoSided } from './signed-rank.js';

/* Reference values: SciPy 1.17.1,
   scipy.stats.wilcoxon(d, zero_method='pratt', alternative='greater' | 'less' | 'two-sided', method='exact'),
   with method=scipy.stats.PermutationMethod(n_resamples=numpy.inf) where there are ties or zeros, which enumerates all signs. */

test('all differences on one side give the least p that there is', () => {
  expect(twoSided(signedRank([1, 2, 3, 4, 5, 6]))).toBe(0.03125);
  expect(leastP(6, 2)).toBe(0.03125);
  expect(signedRank([1, 2, 3, 4, 5, 6])).toEqual({ n: 6, above: 0.015625, below: 1 });
  expect(twoSided(signedRank([0.3, 0.1, 0.7, 0.2, 0.9]))).toBe(0.0625);
  expect(twoSided(signedRank([-0.3, -0.1, -0.7, -0.2, -0.9]))).toBe(0.0625);
});

test('mixed signs give the exact probability of both tails', () => {
  const mixed = signedRank([0.8, -0.1, 1.4, 0.35, -0.6, 2.2, 1.1, 0.9, -0.25, 1.9]);
  expect(mixed).toEqual({ n: 10, above: 0.0185546875, below: 0.986328125 });
  expect(twoSided(mixed)).toBe(0.037109375);
  const sixty = signedRank(Array.from({ length: 60 }, (_, k) => (k % 3 === 2 ? -1 : 1) * Math.sqrt(k + 1)));
  expect(sixty.above).toBeCloseTo(0.017781586892383183, 14);
});

test('equal differences share a rank, and zeros are ranked before they are dropped', () => {
  expect(signedRank([1, 1, -1, 2, 2, 3, -2, 4])).toEqual({ n: 8, above: 0.08203125, below: 0.95703125 });
  expect(signedRank([0, 0, 1, 2, -3, 4, 5])).toEqual({ n: 5, above: 0.125, below: 0.90625 });
});

test('of zeros alone nothing is said', () => {
  const zeros = signedRank([0, 0, 0, 0, 0]);
  expect(zeros.n).toBe(0);
  expect(twoSided(zeros)).toBe(1);
});

test('of more differences than are enumerated, the normal distribution is taken', () => {
  // method='approx', correction=False
  const many = signedRank(Array.from({ length: 250 }, (_, k) => (k % 3 === 2 ? -1 : 1) * Math.sqrt(k + 1)));
  expect(twoSided(many) / 4.895920687723964e-6).toBeCloseTo(1, 8);
  expect(many.below).toBeCloseTo(0.9999975520396561, 12);
});
