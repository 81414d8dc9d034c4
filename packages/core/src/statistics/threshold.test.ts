import { binOf, HISTOGRAM } from '@xinc/kernels';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { thresholdOf } from './threshold.js';

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

function histogramOf(values: Float32Array) {
  const counts = new Float64Array(HISTOGRAM.bins);
  for (const value of values) {
    float[0] = value;
    counts[binOf(bits[0])]++;
  }
  return { firstBin: HISTOGRAM.firstBin, counts };
}

/** By sorting, as method §4 defines it. */
function exactThreshold(values: Float32Array, area: number): number {
  const sorted = values.slice().sort().reverse();
  const total = sorted.reduce((sum, value) => sum + value, 0);
  let accumulated = 0;
  return sorted.find((value) => {
    accumulated += value;
    return accumulated >= (1 - area) * total;
  })!;
}

test('τ from the histogram is within 0.1 % of τ from sorting', () => {
  fc.assert(
    fc.property(
      fc.array(fc.float({ min: 0, max: 1000, noNaN: true }), { minLength: 3000, maxLength: 4000 }),
      fc.constantFrom(0.1, 0.5),
      (list, area) => {
        // Spread over magnitudes, as contributions are.
        const values = Float32Array.from(list, (value, i) => value * 2 ** -(i % 12));
        const exact = exactThreshold(values, area);
        fc.pre(exact > 1e-3);
        const { value: near } = thresholdOf(histogramOf(values), area);
        // With few values the next value may lie further off than a bin is wide.
        const sorted = values.slice().sort();
        const place = sorted.indexOf(exact);
        const [below, above] = [sorted[place - 2] ?? 0, sorted[place + 2] ?? exact];
        expect(near).toBeGreaterThan(below * 0.999);
        expect(near).toBeLessThan(above * 1.001);
      },
    ),
    { numRuns: 20 },
  );
});

test('a layer of zeros has the threshold 0', () => {
  expect(thresholdOf(histogramOf(new Float32Array(100)), 0.1)).toEqual({ value: 0, share: 0 });
});

test('a layer with values that are not finite has no threshold', () => {
  expect(thresholdOf(histogramOf(Float32Array.of(1, Number.POSITIVE_INFINITY)), 0.1).value).toBeNaN();
});

test('τ of huge and of tiny values, and the share of the values above it', () => {
  for (const scale of [1e-40, 1e-20, 1, 1e30]) {
    const values = Float32Array.from([8, 4, 2, 1, 1], (value) => value * scale);
    const { value, share } = thresholdOf(histogramOf(values), 0.5);
    expect(Math.abs(value - 8 * scale), String(value / scale)).toBeLessThanOrEqual(Math.max(8e-3 * scale, 1.2e-41));
    expect(share).toBeCloseTo(0.2, 2);
  }
});
