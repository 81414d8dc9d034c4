import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasReference, referenceArray } from '../test/reference.js';
import { distributionOf } from './histogram-distribution.js';

const FIRST_BIN = (127 - 40) << 10;

function histogramOf(values: ArrayLike<number>) {
  const bits = new Uint32Array(Float32Array.from(values).buffer);
  const counts = new Float64Array(50 << 10);
  for (const pattern of bits) counts[Math.max((pattern >>> 13) - FIRST_BIN, 0)]++;
  return { firstBin: FIRST_BIN, counts };
}

/** τ by its definition: values sorted downward until they have accumulated 1 − area of their sum. */
function exactThreshold(values: ArrayLike<number>, area: number): number {
  const sorted = Float64Array.from(values).sort().reverse();
  const total = sorted.reduce((sum, value) => sum + value, 0);
  let accumulated = 0;
  return sorted.find((value) => {
    accumulated += value;
    return accumulated >= (1 - area) * total;
  })!;
}

describe('distributionOf', () => {
  it('reads quantiles within 0.1 %', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: Math.fround(1e-6), max: 1000, noNaN: true }), { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, share) => {
          const sorted = Float64Array.from(values).sort().reverse();
          const read = distributionOf(histogramOf(values)).valueAt(share);
          const rank = Math.min(Math.max(Math.ceil(share * sorted.length) - 1, 0), sorted.length - 1);
          expect(Math.abs(read / sorted[rank] - 1)).toBeLessThan(1e-3);
        },
      ),
    );
  });

  it('gives the largest value first and zero where all is zero', () => {
    const { valueAt } = distributionOf(histogramOf([0, 0, 5, 1]));
    expect(Math.abs(valueAt(0) / 5 - 1)).toBeLessThan(1e-3);
    expect(valueAt(1)).toBe(0);
    expect(distributionOf(histogramOf([0, 0])).valueAt(0.3)).toBeLessThan(1e-11);
  });

  it('finds the share of values that make up a share of the sum', () => {
    const { value, share } = distributionOf(histogramOf([8, 4, 2, 1, 1])).threshold(0.5);
    expect(value / 8).toBeCloseTo(1, 3);
    expect(share).toBeCloseTo(0.2, 3);
  });

  it.skipIf(!hasReference)('finds thresholds of real contributions within 0.1 %', () => {
    for (const layer of ['layer1', 'layer2', 'layer3']) {
      const values = referenceArray(`ffn-0005/${layer}_maps_0_17_last.npy`).map(Math.abs);
      for (const area of [0.1, 0.5, 0.9]) {
        const read = distributionOf(histogramOf(values)).threshold(area).value;
        expect(Math.abs(read / exactThreshold(values, area) - 1)).toBeLessThan(1e-3);
      }
    }
  });
});
