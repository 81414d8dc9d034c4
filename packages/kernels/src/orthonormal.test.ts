import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadKernels } from './index.js';

const kernels = await loadKernels();

/** Σ_i x[i, a] · y[i, b] of matrices [n, n]. */
function dot(x: Float32Array, a: number, y: Float32Array, b: number, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += x[i * n + a] * y[i * n + b];
  return sum;
}

const matrices = fc.integer({ min: 1, max: 19 }).chain((n) =>
  fc
    .array(fc.oneof({ weight: 3, arbitrary: fc.integer({ min: -9, max: 9 }) }, fc.constant(0)), {
      minLength: n * n,
      maxLength: n * n,
    })
    .map((values) => ({ n, matrix: Float32Array.from(values) })),
);

test('it is orthogonal, whatever the rank, and its first vectors span the first columns in their own direction', () => {
  fc.assert(
    fc.property(matrices, ({ n, matrix }) => {
      const q = kernels.orthonormalize(matrix, n)!;
      for (let a = 0; a < n; a++) {
        for (let b = 0; b < n; b++) {
          expect(dot(q, a, q, b, n)).toBeCloseTo(a === b ? 1 : 0, 5);
          // R of Q·R: nothing below the diagonal, nothing negative on it.
          const r = dot(q, a, matrix, b, n);
          if (a > b) expect(r).toBeCloseTo(0, 4);
          if (a === b) expect(r).toBeGreaterThan(-1e-4);
        }
      }
    }),
  );
});

test.each([33, 64, 90])('of %i columns, which go in blocks, it is the same as column after column', (n) => {
  const matrix = Float32Array.from({ length: n * n }, (_, i) => Math.sin(i * i + n));
  const q = kernels.orthonormalize(matrix, n)!;
  // Gram and Schmidt in double precision, twice.
  const basis: Float64Array[] = [];
  for (let j = 0; j < n; j++) {
    const column = Float64Array.from({ length: n }, (_, i) => matrix[i * n + j]);
    for (const other of [...basis, ...basis]) {
      const share = other.reduce((sum, value, i) => sum + value * column[i], 0);
      for (let i = 0; i < n; i++) column[i] -= share * other[i];
    }
    const length = Math.sqrt(column.reduce((sum, value) => sum + value * value, 0));
    basis.push(column.map((value) => value / length));
  }
  const furthest = Math.max(...q.map((value, at) => Math.abs(value - basis[at % n][Math.floor(at / n)])));
  expect(furthest).toBeLessThan(2e-4);
});

test('columns of any size count alike, and columns that say the same give no less of a basis', () => {
  const n = 40;
  // Down to the smallest numbers that float32 has, and all but parallel.
  const sizes = [1e30, 1e-12, 1, 1e-42];
  const matrix = Float32Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return sizes[j % 4] * (Math.sin(i * i) + 1e-5 * Math.sin(i * j + j));
  });
  const q = kernels.orthonormalize(matrix, n)!;
  for (let a = 0; a < n; a++) {
    for (let b = 0; b <= a; b++) expect(dot(q, a, q, b, n)).toBeCloseTo(a === b ? 1 : 0, 5);
  }
});

test('there is none of a matrix that is not finite', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(kernels.orthonormalize(Float32Array.of(1, 0, value, 1), 2)).toBeUndefined();
  }
});

test('a matrix that is not square is refused', () => {
  expect(() => kernels.orthonormalize(new Float32Array(6), 2)).toThrow('A matrix of 6 values is not 2×2');
});
