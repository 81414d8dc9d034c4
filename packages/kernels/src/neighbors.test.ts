import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadKernels } from './index.js';

const kernels = await loadKernels();

test('neighbours are the nearest, of equally near ones the first, whichever vectors are asked for', () => {
  // Few values, so that there are ties.
  const value = fc.constantFrom(-2, -0.5, 0, 1, 1000);
  const cases = fc.record({
    dimensions: fc.integer({ min: 1, max: 5 }),
    numbers: fc.array(value, { minLength: 5, maxLength: 200 }),
    shares: fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000)),
  });
  fc.assert(
    fc.property(cases, ({ dimensions, numbers, shares }) => {
      const n = Math.floor(numbers.length / dimensions);
      const vectors = Float32Array.from(numbers.slice(0, n * dimensions));
      const [first, end] = [shares[0] % (n + 1), shares[1] % (n + 1)].sort((a, b) => a - b);
      const count = 1 + (shares[2] % n);
      const [indices, distances] = [new Int32Array((end - first) * count), new Float32Array((end - first) * count)];
      const search = kernels.openNeighbors(vectors, dimensions, count);
      search.find(first, end, indices, distances);
      search.dispose();
      const apart = (i: number, j: number) => {
        let square = 0;
        for (let d = 0; d < dimensions; d++) square += (vectors[i * dimensions + d] - vectors[j * dimensions + d]) ** 2;
        return Math.sqrt(square);
      };
      for (let i = first; i < end; i++) {
        const others = Array.from({ length: n }, (_, j) => j).filter((j) => j !== i);
        const expected = [i, ...others.sort((a, b) => apart(i, a) - apart(i, b))].slice(0, count);
        const at = (i - first) * count;
        expect([...indices.subarray(at, at + count)]).toEqual(expected);
        expect(distances.subarray(at, at + count)).toEqual(Float32Array.from(expected, (j) => apart(i, j)));
      }
    }),
  );
});

test('what does not fit is refused', () => {
  expect(() => kernels.openNeighbors(new Float32Array(5), 2, 1)).toThrow('5 values are no vectors of 2');
  for (const count of [0, 1.5, 3]) {
    expect(() => kernels.openNeighbors(new Float32Array(4), 2, count)).toThrow(
      `2 vectors have no ${count} neighbours each`,
    );
  }
});
