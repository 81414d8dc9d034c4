import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadKernels } from './index.js';

const extent = fc.integer({ min: 1, max: 21 });
const kernels = await loadKernels();

test('a product is the sums of products of rows and columns, whatever the extents', () => {
  fc.assert(
    fc.property(extent, extent, extent, fc.integer(), (m, k, n, seed) => {
      const values = (count: number, from: number) =>
        Float32Array.from({ length: count }, (_, i) => Math.sin(seed + from + 3 * i));
      const [a, b] = [values(m * k, 0), values(k * n, 1)];
      const product = kernels.multiply(a, b, [m, k, n]);
      expect(product).toHaveLength(m * n);
      for (let row = 0; row < m; row++) {
        for (let column = 0; column < n; column++) {
          let sum = 0;
          for (let i = 0; i < k; i++) sum += a[row * k + i] * b[i * n + column];
          expect(product[row * n + column]).toBeCloseTo(sum, 4);
        }
      }
    }),
  );
});

test('matrices that do not fit one another are refused', () => {
  expect(() => kernels.multiply(new Float32Array(6), new Float32Array(4), [2, 3, 2])).toThrow(
    'Matrices of 6 and 4 values are not 2×3 and 3×2',
  );
});
