import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadKernels } from './index.js';

const kernels = await loadKernels();

/** The first centroid at the smallest distance, by its definition. */
function nearestOf(vector: Float32Array, centroids: readonly Float64Array[]): number {
  let [found, smallest] = [0, Number.POSITIVE_INFINITY];
  for (const [k, centroid] of centroids.entries()) {
    const distance = vector.reduce((sum, value, d) => sum + (value - centroid[d]) ** 2, 0);
    if (distance < smallest) [found, smallest] = [k, distance];
  }
  return found;
}

test('each vector gets the centroid that is nearest, the first of several that are as near', () => {
  // Few values, so that there are ties.
  const value = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 1e30));
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 19 }),
      fc.array(value, { minLength: 1, maxLength: 300 }),
      (dimensions, clusters, numbers) => {
        const count = Math.floor(numbers.length / dimensions);
        const vectors = Float32Array.from(numbers.slice(0, count * dimensions));
        const centroids = Array.from({ length: clusters }, (_, k) =>
          Float64Array.from({ length: dimensions }, (_, d) => Math.round(3 * Math.sin(5 * k + d * d))),
        );
        const expected = Array.from({ length: count }, (_, i) =>
          nearestOf(vectors.subarray(i * dimensions, (i + 1) * dimensions), centroids),
        );
        expect([...kernels.nearest(vectors, dimensions, centroids)]).toEqual(expected);
      },
    ),
  );
});

test('more vectors than are looked at together are all looked at', () => {
  const vectors = Float32Array.from({ length: 10_000 }, (_, i) => i % 7);
  const centroids = Array.from({ length: 7 }, (_, k) => Float64Array.of(k));
  expect([...kernels.nearest(vectors, 1, centroids)]).toEqual([...vectors]);
});

test('what does not fit is refused', () => {
  expect(() => kernels.nearest(new Float32Array(5), 2, [Float64Array.of(1, 2)])).toThrow(
    '5 values are no vectors of 2',
  );
  for (const centroids of [[], [Float64Array.of(1)]]) {
    expect(() => kernels.nearest(new Float32Array(4), 2, centroids)).toThrow(
      'Vectors of 2 values have no centroid, or one of another length',
    );
  }
});
