import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadKernels } from './index.js';

const kernels = await loadKernels();

const at = (i: number, extent: number) => ((i % extent) + extent) % extent;

/** Σ_k filter[k] · line[x + middle − k], wrapped around, in the order of the line's values. */
function convolved(line: ArrayLike<number>, filter: Float64Array, x: number): number {
  const middle = (filter.length - 1) / 2;
  let sum = 0;
  for (let k = 0; k < filter.length; k++) {
    sum += line[at(x + k - middle, line.length)] * filter[filter.length - 1 - k];
  }
  return Math.fround(sum);
}

test('it is the sum that loops make of rows and then of columns, bit for bit, however small the picture', () => {
  const extent = fc.integer({ min: 1, max: 35 });
  const radius = fc.integer({ min: 0, max: 20 });
  fc.assert(
    fc.property(extent, extent, radius, radius, fc.integer(), (height, width, across, down, seed) => {
      const values = (count: number, from: number) =>
        Float64Array.from({ length: count }, (_, i) => Math.sin(seed + from + 3 * i));
      const picture = Float32Array.from(values(height * width, 0));
      const filters = { rows: values(2 * across + 1, 1), columns: values(2 * down + 1, 2) };
      const rows = picture.map((_, p) => {
        const y = Math.floor(p / width);
        return convolved(picture.subarray(y * width, (y + 1) * width), filters.rows, p % width);
      });
      const expected = picture.map((_, p) => {
        const column = Float32Array.from({ length: height }, (_, y) => rows[y * width + (p % width)]);
        return convolved(column, filters.columns, Math.floor(p / width));
      });
      expect(kernels.convolve(picture, { height, width }, filters)).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});

test('what does not fit is refused', () => {
  const one = Float64Array.of(1);
  expect(() => kernels.convolve(new Float32Array(5), { height: 2, width: 3 }, { rows: one, columns: one })).toThrow(
    'A picture of 5 values is not 2×3',
  );
  const even = { rows: one, columns: new Float64Array(4) };
  expect(() => kernels.convolve(new Float32Array(6), { height: 2, width: 3 }, even)).toThrow(
    'A filter of 4 values has no middle',
  );
});
