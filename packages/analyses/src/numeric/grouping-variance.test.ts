import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasReference, referenceArray } from '../../test/reference.js';
import { groupingVariance } from './grouping-variance.js';

const signed = { absolute: false };
const absolute = { absolute: true };

describe('groupingVariance', () => {
  it('is the sample variance of the relative deviation from a share by area', () => {
    // One neuron, 4 pixels in groups of 1 and 3: E = 1 and 3, S = 2 and 2, δ = 1 and −1/3.
    const variance = (options: { absolute: boolean }) =>
      groupingVariance(Float64Array.of(2, 2), Float64Array.of(4), Uint32Array.of(1, 3), options)[0];
    expect(variance(signed)).toBeCloseTo((4 / 3) ** 2 / 2, 12);
    expect(variance(absolute)).toBeCloseTo((2 / 3) ** 2 / 2, 12);
  });

  it('ignores groups without pixels', () => {
    const sums = Float64Array.of(2, 0, 2);
    const [variance] = groupingVariance(sums, Float64Array.of(4), Uint32Array.of(1, 0, 3), signed);
    expect(variance).toBeCloseTo((4 / 3) ** 2 / 2, 12);
  });

  it('is NaN for neurons that are dead or not finite', () => {
    const sums = Float64Array.of(0, 0, Number.NaN, 1, 1, 1);
    const variances = groupingVariance(sums, Float64Array.of(0, Number.NaN, 2), Uint32Array.of(2, 2), signed);
    expect([...variances]).toEqual([Number.NaN, Number.NaN, 0]);
  });

  it('refuses a single group', () => {
    expect(() => groupingVariance(Float64Array.of(1), Float64Array.of(1), Uint32Array.of(4), signed)).toThrow(
      'A variance over groups needs at least two groups with pixels, not 1',
    );
  });

  const sizesArbitrary = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 2, maxLength: 12 });

  it('is zero for a constant map, and so is that of absolute deviations', () => {
    fc.assert(
      fc.property(sizesArbitrary, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (sizes, value) => {
        const sums = Float64Array.from(sizes, (size) => size * value);
        const total = Float64Array.of(sums.reduce((a, b) => a + b, 0));
        for (const options of [signed, absolute]) {
          expect(groupingVariance(sums, total, Uint32Array.from(sizes), options)[0]).toBeLessThan(1e-24);
        }
      }),
    );
  });

  it('does not depend on the scale of a neuron, the order of neurons or the order of groups', () => {
    fc.assert(
      fc.property(
        sizesArbitrary,
        fc.array(fc.double({ min: 0.01, max: 10, noNaN: true }), { minLength: 24, maxLength: 24 }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (sizes, means, factor) => {
          const of = (order: readonly number[], neurons: readonly number[], scale: number) => {
            const rows = neurons.map((n) => order.map((g) => scale * sizes[g] * means[n * 12 + g]));
            return groupingVariance(
              Float64Array.from(rows.flat()),
              Float64Array.from(rows, (row) => row.reduce((a, b) => a + b, 0)),
              Uint32Array.from(order, (g) => sizes[g]),
              signed,
            );
          };
          const groups = [...sizes.keys()];
          const [first, second] = of(groups, [0, 1], 1);
          const [secondAgain, firstAgain] = of([...groups].reverse(), [1, 0], factor);
          expect(firstAgain).toBeCloseTo(first, 8);
          expect(secondAgain).toBeCloseTo(second, 8);
        },
      ),
    );
  });

  describe.skipIf(!hasReference)('against the published implementation', () => {
    const height = 128;
    const width = 256;
    const pixels = height * width;
    const rgb = hasReference ? referenceArray('ffn-0005/rgb32_labels.npy') : new Float64Array();
    const cells = Float64Array.from(
      { length: pixels },
      (_, p) => Math.floor(p / width / 4) * (width / 8) + Math.floor((p % width) / 8),
    );
    it.each(['layer1', 'layer2', 'layer3'])('gives the numbers of %s', (layer) => {
      const maps = referenceArray(`ffn-0005/${layer}_maps_0_17_last.npy`).map(Math.abs);
      const neurons = [0, 17, layer === 'layer1' ? 207 : 103];
      const variances = (labels: Float64Array, groups: number, options: { absolute: boolean }) => {
        const sums = new Float64Array(3 * groups);
        const sizes = new Uint32Array(groups);
        for (let p = 0; p < pixels; p++) {
          sizes[labels[p]]++;
          for (let i = 0; i < 3; i++) sums[i * groups + labels[p]] += maps[i * pixels + p];
        }
        const totals = Float64Array.from({ length: 3 }, (_, i) =>
          maps.subarray(i * pixels, (i + 1) * pixels).reduce((a, b) => a + b, 0),
        );
        return groupingVariance(sums, totals, sizes, options);
      };
      for (const [name, measured] of [
        ['rgb32_variance_official', variances(rgb, 32, absolute)],
        ['rgb32_variance_signed', variances(rgb, 32, signed)],
        ['grid4x8px_variance_signed', variances(cells, 1024, signed)],
      ] as const) {
        const expected = referenceArray(`ffn-0005/${layer}_${name}.npy`);
        for (const [i, n] of neurons.entries()) {
          if (Number.isNaN(expected[n])) expect(measured[i]).toBeNaN();
          else expect(measured[i] / expected[n]).toBeCloseTo(1, 4);
        }
      }
    });
  });
});
