import { sizeOf } from '../ndarray.js';
import type { Pair, Sides } from '../ops/convolution.js';
import { resizeMatrix } from '../ops/resize.js';
import type { Compute } from './operation.js';

/* Operations on neighbouring pixels. */

interface Window {
  readonly size: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly padding: Sides;
}

export const averagePool: Compute<'averagePool'> = ([x], { size, stride, padding }, shape) => {
  const totals = new Float64Array(sizeOf(shape));
  overWindows(x.shape, shape, { size, stride, padding, dilation: [1, 1] }, (from, to) => {
    totals[to] += x.data[from];
  });
  return Float32Array.from(totals, (total) => total / (size[0] * size[1]));
};

export const maxPool: Compute<'maxPool'> = ([x], window, shape) => {
  const result = new Float32Array(sizeOf(shape)).fill(Number.NEGATIVE_INFINITY);
  overWindows(x.shape, shape, window, (from, to) => {
    result[to] = Math.max(result[to], x.data[from]);
  });
  return result;
};

/** Each pixel that a window of the result reads; none of the padding. */
function overWindows(
  [, , rows, columns]: readonly number[],
  [n, c, height, width]: readonly number[],
  { size, stride, dilation, padding: [top, left] }: Window,
  visit: (from: number, to: number) => void,
): void {
  for (let plane = 0, to = 0; plane < n * c; plane++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, to++) {
        for (let i = 0; i < size[0]; i++) {
          const row = y * stride[0] + i * dilation[0] - top;
          if (row < 0 || row >= rows) continue;
          for (let j = 0; j < size[1]; j++) {
            const column = x * stride[1] + j * dilation[1] - left;
            if (column >= 0 && column < columns) visit((plane * rows + row) * columns + column, to);
          }
        }
      }
    }
  }
}

/** Along rows, then along columns; each pixel of the result is the sum of few. */
export const resize: Compute<'resize'> = ([x], { method }, shape) => {
  const [n, c, height, width] = shape;
  const [, , rows, columns] = x.shape;
  const down = nonZeros(resizeMatrix(rows, height, method, method.scales?.[0]).data, rows);
  const across = nonZeros(resizeMatrix(columns, width, method, method.scales?.[1]).data, columns);
  const result = new Float32Array(sizeOf(shape));
  const stretched = new Float64Array(rows * width);
  for (let plane = 0; plane < n * c; plane++) {
    const from = plane * rows * columns;
    for (let row = 0, to = 0; row < rows; row++) {
      for (let column = 0; column < width; column++, to++) {
        let sum = 0;
        for (const { at, weight } of across[column]) sum += weight * x.data[from + row * columns + at];
        stretched[to] = sum;
      }
    }
    for (let y = 0, to = plane * height * width; y < height; y++) {
      for (let column = 0; column < width; column++, to++) {
        let sum = 0;
        for (const { at, weight } of down[y]) sum += weight * stretched[at * width + column];
        result[to] = sum;
      }
    }
  }
  return result;
};

/** The weights of each row of a matrix that are not 0. */
function nonZeros(matrix: Float32Array, columns: number): { at: number; weight: number }[][] {
  return Array.from({ length: matrix.length / columns }, (_, row) =>
    Array.from({ length: columns }, (_, at) => ({ at, weight: matrix[row * columns + at] })).filter(
      ({ weight }) => weight !== 0,
    ),
  );
}
