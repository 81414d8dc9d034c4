import { loadKernels } from '@xinc/kernels';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noise } from '../../test/memory-context.js';
import { nearestNeighbors } from './nearest-neighbors.js';

const kernels = await loadKernels();

/** Vectors of small whole numbers: distances are exact, and many are the same. */
const cases = fc.tuple(fc.integer({ min: 1, max: 23 }), fc.integer({ min: 1, max: 5 })).chain(([n, dimensions]) =>
  fc.record({
    values: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: n * dimensions, maxLength: n * dimensions }),
    dimensions: fc.constant(dimensions),
    count: fc.integer({ min: 1, max: n }),
  }),
);

describe('nearestNeighbors', () => {
  it('finds the nearest, itself first, whatever the numbers of vectors and neighbours', () => {
    fc.assert(
      fc.property(cases, ({ values, dimensions, count }) => {
        const n = values.length / dimensions;
        const shares: number[] = [];
        const vectors = { values: Float32Array.from(values), dimensions };
        const neighbors = nearestNeighbors(vectors, count, kernels, (share) => shares.push(share));
        expect(shares.at(-1)).toBe(1);
        const distance = (i: number, j: number) =>
          Math.hypot(
            ...Array.from({ length: dimensions }, (_, d) => values[i * dimensions + d] - values[j * dimensions + d]),
          );
        for (let i = 0; i < n; i++) {
          const own = [...neighbors.indices.subarray(i * count, (i + 1) * count)];
          expect(own[0]).toBe(i);
          expect(new Set(own).size).toBe(count);
          const others = Array.from({ length: n }, (_, j) => distance(i, j));
          others.splice(i, 1);
          const expected = [0, ...others.sort((a, b) => a - b)].slice(0, count);
          expect([...neighbors.distances.subarray(i * count, (i + 1) * count)]).toEqual(
            expected.map((value) => expect.closeTo(value, 5)),
          );
          expect(own.map((j) => distance(i, j))).toEqual(expected.map((value) => expect.closeTo(value, 5)));
        }
      }),
    );
  });

  it('tells vectors apart that differ by little', () => {
    const [n, dimensions, count] = [200, 32, 6];
    const values = noise(n * dimensions, 7).map((value) => 0.01 * (value - 0.5));
    const neighbors = nearestNeighbors({ values, dimensions }, count, kernels);
    for (let i = 0; i < n; i++) {
      const distance = (j: number) =>
        Math.hypot(
          ...Array.from({ length: dimensions }, (_, d) => values[i * dimensions + d] - values[j * dimensions + d]),
        );
      const expected = [...Array(n).keys()].sort((a, b) => distance(a) - distance(b)).slice(0, count);
      expect([...neighbors.indices.subarray(i * count, (i + 1) * count)]).toEqual(expected);
    }
  });

  it('finds all of many, even where every second, of which the first guess is made, is nearer or farther than the others', () => {
    const [n, dimensions, count] = [2 * 1024, 3, 60];
    for (const scale of [0.01, 100]) {
      const values = noise(n * dimensions, 3).map(
        (value, i) => (i % (2 * dimensions) < dimensions ? scale : 1) * value,
      );
      const { indices } = nearestNeighbors({ values, dimensions }, count, kernels);
      for (const i of [0, n - 1]) {
        const distances = Float64Array.from({ length: n }, (_, j) =>
          Math.hypot(...[0, 1, 2].map((d) => values[i * dimensions + d] - values[j * dimensions + d])),
        );
        const expected = [...Array(n).keys()].sort((a, b) => distances[a] - distances[b]).slice(0, count);
        expect([...indices.subarray(i * count, (i + 1) * count)]).toEqual(expected);
      }
    }
  });

  it('finds as many equal ones as are asked for, and is exact beside a vector that is far longer than all others', () => {
    const [n, dimensions, count] = [300, 2, 20];
    const values = noise(n * dimensions, 5).map((value, i) => (i < n ? 0.25 : value));
    values.set([1e5, -1e5], 2 * 200);
    const { indices, distances } = nearestNeighbors({ values, dimensions }, count, kernels);
    const distance = (i: number, j: number) =>
      Math.hypot(values[2 * i] - values[2 * j], values[2 * i + 1] - values[2 * j + 1]);
    expect([...distances.subarray(0, count)]).toEqual(new Array(count).fill(0));
    for (const i of [150, 200, n - 1]) {
      const expected = [...Array(n).keys()].map((j) => distance(i, j)).sort((a, b) => a - b);
      const found = [...indices.subarray(i * count, (i + 1) * count)].map((j) => distance(i, j));
      expect(found).toEqual(expected.slice(0, count));
    }
  });
});
