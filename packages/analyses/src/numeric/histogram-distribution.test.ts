import { thresholdOf } from '@xinc/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactThreshold, histogram } from '../../test/memory-context.js';
import { hasReference, referenceArray } from '../../test/reference.js';
import { distributionOf } from './histogram-distribution.js';

const histogramOf = (values: ArrayLike<number>) => histogram(Float32Array.from(values));

describe('distributionOf', () => {
  /** As it is stated beside the numbers. */
  const isNear = (read: number, exact: number) => Math.abs(read - exact) <= Math.max(1e-3 * exact, 1.2e-41);

  it('reads quantiles as exactly as it states, of values of every size: zeros, denormals and huge ones', () => {
    const value = fc.oneof(
      fc.float({ min: 0, noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(0, 2 ** -149, 1e-43, 2 ** -126, 1e-20, 1, 1e30, 3.4e38).map(Math.fround),
    );
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 60 }),
        fc.oneof(fc.constantFrom(0, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true })),
        (values, share) => {
          const sorted = Float64Array.from(values).sort().reverse();
          const place = share * (sorted.length - 1);
          const [before, after] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
          const part = place - Math.floor(place);
          const exact = part > 0.5 ? after - (1 - part) * (after - before) : before + part * (after - before);
          const distribution = distributionOf(histogramOf(values));
          expect(isNear(distribution.valueAt(share), exact)).toBe(true);
          expect(distribution.zeros).toBe(values.filter((one) => one === 0).length / values.length);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['all zero', [0, 0, 0], 0, 1],
    ['two of three zero', [5, 0, 0], 0, 2 / 3],
    ['half zero', [0, 4, 0, 4], 2, 0.5],
    ['a single value', [7], 7, 0],
    ['a single zero', [0], 0, 1],
    ['tiny values', [1e-13, 1e-13, 0, 1e-13], 1e-13, 0.25],
    ['denormals', [2 ** -149, 2 ** -149, 1e-40], 2 ** -149, 0],
    ['values beyond 2^24', [1e30, 2e30, 3e30], 2e30, 0],
  ] as const)('reads the median and the zeros of %s', (_, values, middle, zeros) => {
    const distribution = distributionOf(histogramOf(values));
    expect(isNear(distribution.valueAt(0.5), middle)).toBe(true);
    if (middle === 0) expect(distribution.valueAt(0.5)).toBe(0);
    expect(distribution.zeros).toBe(zeros);
  });
});

it.skipIf(!hasReference)('finds thresholds of real contributions within 0.1 %', () => {
  for (const layer of ['layer1', 'layer2', 'layer3']) {
    const values = referenceArray(`ffn-0005/${layer}_maps_0_17_last.npy`).map(Math.abs);
    for (const area of [0.1, 0.5, 0.9]) {
      const { value: read } = thresholdOf(histogramOf(values), area);
      expect(Math.abs(read / exactThreshold(values, area) - 1)).toBeLessThan(1e-3);
    }
  }
});
