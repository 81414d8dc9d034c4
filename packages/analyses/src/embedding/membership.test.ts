import fc from 'fast-check';
import { UMAP } from 'umap-js';
import { expect, test } from 'vitest';
import { memberships } from './membership.js';

/** What umap-js does, as its source names it; its types keep these private. */
interface Steps {
  smoothKNNDistance(distances: readonly number[][], count: number): { sigmas: number[]; rhos: number[] };
  computeMembershipStrengths(...known: unknown[]): { vals: number[] };
}

test('memberships are those of umap-js to the last bit of a float32, also of vectors with equal neighbours', () => {
  const distance = fc.oneof(
    fc.constant(0),
    fc.float({ min: 0, max: 1e3, noNaN: true }),
    fc.constantFrom(1, 1e-3, 1e-30),
  );
  const cases = fc
    .integer({ min: 1, max: 20 })
    .chain((count) =>
      fc.array(fc.array(distance, { minLength: count - 1, maxLength: count - 1 }), { minLength: 1, maxLength: 9 }),
    );
  const steps = new UMAP() as unknown as Steps;
  fc.assert(
    fc.property(cases, (drawn) => {
      const rows = drawn.map((row) => [0, ...Array.from(Float32Array.from(row).sort())]);
      const count = rows[0].length;
      const { sigmas, rhos } = steps.smoothKNNDistance(rows, count);
      const indices = rows.map((row, i) => row.map((_, j) => (j === 0 ? i : -2)));
      const { vals } = steps.computeMembershipStrengths(indices, rows, sigmas, rhos);
      const strengths = memberships({ count, distances: Float32Array.from(rows.flat()) });
      expect(strengths).toEqual(Float32Array.from(vals));
    }),
  );
});
