import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadKernels } from './index.js';

const kernels = await loadKernels();

/** The nearest of all vectors to the one at `i`, from itself on, and how far they are. */
function nearest(vectors: Float32Array, dimensions: number, i: number, count: number) {
  const apart = (j: number) => {
    let square = 0;
    for (let d = 0; d < dimensions; d++) square += (vectors[i * dimensions + d] - vectors[j * dimensions + d]) ** 2;
    return Math.sqrt(square);
  };
  const others = Array.from({ length: vectors.length / dimensions }, (_, j) => j).filter((j) => j !== i);
  const distances = new Map(others.map((j) => [j, apart(j)]));
  const indices = [i, ...others.sort((a, b) => distances.get(a)! - distances.get(b)!)].slice(0, count);
  return { indices, distances: Float32Array.from(indices, (j) => distances.get(j) ?? 0) };
}

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
      for (let i = first; i < end; i++) {
        const at = (i - first) * count;
        const expected = nearest(vectors, dimensions, i, count);
        expect([...indices.subarray(at, at + count)]).toEqual(expected.indices);
        expect(distances.subarray(at, at + count)).toEqual(expected.distances);
      }
    }),
  );
});

// More vectors than are sampled; of the last hundred, all of whose neighbours are close together, a sample says too little at first.
test.each([1, 1e20, 1e-22])('neighbours are the nearest among many vectors of sizes about %d', (size) => {
  const [n, dimensions, count] = [2100, 3, 60];
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const vectors = Float32Array.from({ length: n * dimensions }, (_, i) => {
    return size * (i < (n - 100) * dimensions ? random() : 3 + 1e-3 * random());
  });
  const [indices, distances] = [new Int32Array(n * count), new Float32Array(n * count)];
  const search = kernels.openNeighbors(vectors, dimensions, count);
  search.find(0, n, indices, distances);
  search.dispose();
  for (let i = 0; i < n; i += 7) {
    const expected = nearest(vectors, dimensions, i, count);
    expect([...indices.subarray(i * count, (i + 1) * count)]).toEqual(expected.indices);
    expect(distances.subarray(i * count, (i + 1) * count)).toEqual(expected.distances);
  }
});

test('what does not fit is refused', () => {
  expect(() => kernels.openNeighbors(new Float32Array(5), 2, 1)).toThrow('5 values are no vectors of 2');
  for (const count of [0, 1.5, 3]) {
    expect(() => kernels.openNeighbors(new Float32Array(4), 2, count)).toThrow(
      `2 vectors have no ${count} neighbours each`,
    );
  }
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => kernels.openNeighbors(Float32Array.of(1, value), 1, 1)).toThrow(
      `vectors with the value ${value} have no neighbours`,
    );
  }
  const search = kernels.openNeighbors(Float32Array.of(1, 2, 3), 1, 2);
  const find = (first: number, end: number) => () => search.find(first, end, new Int32Array(8), new Float32Array(8));
  expect(find(1, 4)).toThrow('3 vectors have none from 1 to 4');
  expect(find(2, 1)).toThrow('3 vectors have none from 2 to 1');
  search.dispose();
  expect(find(0, 1)).toThrow('This search was disposed of');
});
