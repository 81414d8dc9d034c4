import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ndarray } from '../ndarray.js';
import { orthonormalBasis } from './orthonormal-basis.js';

const matrices = fc.integer({ min: 1, max: 9 }).chain((n) =>
  fc
    .array(fc.oneof({ weight: 3, arbitrary: fc.integer({ min: -9, max: 9 }) }, fc.constant(0)), {
      minLength: n * n,
      maxLength: n * n,
    })
    .map((values) => ndarray([n, n], Float32Array.from(values))),
);

test('it is orthogonal, whatever the rank, and its first vectors span the first columns in their own direction', () => {
  fc.assert(
    fc.property(matrices, (matrix) => {
      const n = matrix.shape[0];
      const q = orthonormalBasis(matrix)!.data;
      for (let a = 0; a < n; a++) {
        for (let b = 0; b < n; b++) {
          let dot = 0;
          let r = 0;
          for (let i = 0; i < n; i++) {
            dot += q[i * n + a] * q[i * n + b];
            r += q[i * n + a] * matrix.data[i * n + b];
          }
          expect(dot).toBeCloseTo(a === b ? 1 : 0, 5);
          // R of Q·R: nothing below the diagonal, nothing negative on it.
          if (a > b) expect(r).toBeCloseTo(0, 4);
          if (a === b) expect(r).toBeGreaterThan(-1e-4);
        }
      }
    }),
  );
});

test('there is none of a matrix that is not finite', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(orthonormalBasis(ndarray([2, 2], Float32Array.of(1, 0, value, 1)))).toBeUndefined();
  }
});
