import { expect, test } from 'vitest';
import { noise } from '../../test/memory-context.js';
import { principalPlane } from './principal-plane.js';

/** Vectors of mean zero with these standard deviations along the diagonals of the first dimensions. */
function spreadAlong(deviations: readonly number[], count: number, dimensions: number) {
  const grain = noise(deviations.length * count, 5).map((value) => (value - 0.5) * Math.sqrt(12));
  const coordinates = deviations.map((deviation, k) => {
    const own = grain.subarray(k * count, (k + 1) * count);
    const mean = own.reduce((sum, value) => sum + value, 0) / count;
    return own.map((value) => deviation * (value - mean));
  });
  const values = new Float32Array(count * dimensions);
  for (let i = 0; i < count; i++) {
    // Dimensions 0 and 1 turned by 45 degrees, so that no component is along an axis.
    const [a, b, ...others] = coordinates.map((along) => along[i]);
    values.set([(a + b) / Math.SQRT2, (a - b) / Math.SQRT2, ...others], i * dimensions);
  }
  return { vectors: { values, dimensions }, coordinates };
}

test('finds the two directions in which vectors differ most', () => {
  const { vectors, coordinates } = spreadAlong([3, 1, 0.2, 0.1], 400, 7);
  const plane = principalPlane(vectors);
  for (const axis of [0, 1]) {
    const own = Float64Array.from({ length: 400 }, (_, i) => plane[2 * i + axis]);
    const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
    const product = sum(own.map((value, i) => value * coordinates[axis][i]));
    const lengths = Math.sqrt(sum(own.map((v) => v * v)) * sum(Float64Array.from(coordinates[axis], (v) => v * v)));
    expect(Math.abs(product) / lengths).toBeGreaterThan(0.99);
  }
});

test('has zeros where there is no second direction, or none', () => {
  const line = principalPlane({ values: Float32Array.of(-1, -2, 0, 0, 1, 2), dimensions: 2 });
  expect([line[1], line[3], line[5]]).toEqual([expect.closeTo(0, 6), expect.closeTo(0, 6), expect.closeTo(0, 6)]);
  expect(Math.abs(line[0])).toBeCloseTo(Math.sqrt(5), 5);
  expect([...principalPlane({ values: Float32Array.of(-1, 0, 1), dimensions: 1 })].map(Math.abs)).toEqual([
    1, 0, 0, 0, 1, 0,
  ]);
  expect(principalPlane({ values: new Float32Array(12), dimensions: 3 })).toEqual(new Float64Array(8));
});
