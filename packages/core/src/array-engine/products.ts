import type { Kernels } from '@xinc/kernels';
import { sizeOf } from '../ndarray.js';
import type { ConvolutionAttributes } from '../ops/convolution.js';
import type { Compute } from './operation.js';

/* Products of matrices, and what is computed by them. */

/** Values of a convolution's columns that are there at once: 4 MB. */
const COLUMNS_AT_ONCE = 2 ** 20;

export const matMul: Compute<'matMul'> = ([a, b], { transposeA, transposeB }, shape, kernels) => {
  const [m, n] = shape.slice(-2);
  const k = a.shape.at(transposeA ? -2 : -1)!;
  const result = new Float32Array(sizeOf(shape));
  for (let i = 0; i < result.length / (m * n); i++) {
    const left = a.data.subarray(i * m * k, (i + 1) * m * k);
    const right = b.data.subarray(i * k * n, (i + 1) * k * n);
    const [rows, columns] = [transposeA ? transposed(left, k, m) : left, transposeB ? transposed(right, n, k) : right];
    const product = k <= SHORT ? shortSums(rows, columns, m, k, n) : kernels.multiply(rows, columns, [m, k, n]);
    result.set(product, i * m * n);
  }
  return result;
};

/** Terms of the sums that make angles of coordinates. */
const SHORT = 4;

/**
 * Each term is multiplied and added with one rounding, as engines on processors with fused operations do: what comes of coordinates may be
 * an angle of many turns, whose sine shows every rounding.
 */
function shortSums(a: Float32Array, b: Float32Array, m: number, k: number, n: number): Float32Array {
  const result = new Float32Array(m * n);
  for (let row = 0, to = 0; row < m; row++) {
    for (let column = 0; column < n; column++, to++) {
      let sum = 0;
      for (let i = 0; i < k; i++) sum = Math.fround(sum + a[row * k + i] * b[i * n + column]);
      result[to] = sum;
    }
  }
  return result;
}

/** [rows, columns] as [columns, rows]. */
function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = values[row * columns + column];
  }
  return result;
}

/** The values that each output reads are put into a column; the kernel's rows are multiplied with some of them at a time. */
export const conv2d: Compute<'conv2d'> = ([x, kernel], attributes, shape, kernels) => {
  const { groups } = attributes;
  const [n, outputs, height, width] = shape;
  const [, channels, k, l] = kernel.shape;
  const [, inputs, rows, columns] = x.shape;
  const perGroup = outputs / groups;
  const taps = channels * k * l;
  const area = height * width;
  const result = new Float32Array(sizeOf(shape));
  const atOnce = Math.max(8, Math.floor(COLUMNS_AT_ONCE / taps));
  for (let image = 0; image < n; image++) {
    for (let group = 0; group < groups; group++) {
      const from = (image * inputs + group * channels) * rows * columns;
      const picture = x.data.subarray(from, from + channels * rows * columns);
      const weights = kernel.data.subarray(group * perGroup * taps, (group + 1) * perGroup * taps);
      for (let first = 0; first < area; first += atOnce) {
        const count = Math.min(atOnce, area - first);
        const read = columnsOf(picture, [rows, columns], kernel.shape, attributes, width, first, count);
        const product = kernels.multiply(weights, read, [perGroup, taps, count]);
        for (let o = 0; o < perGroup; o++) {
          const to = (image * outputs + group * perGroup + o) * area + first;
          result.set(product.subarray(o * count, (o + 1) * count), to);
        }
      }
    }
  }
  return result;
};

/** What the outputs `first` to `first + count` read, [taps, count]; zeros outside the picture. */
function columnsOf(
  picture: Float32Array,
  [rows, columns]: readonly [number, number],
  [, channels, k, l]: readonly number[],
  { padding: [top, left], stride, dilation }: ConvolutionAttributes,
  width: number,
  first: number,
  count: number,
): Float32Array {
  const result = new Float32Array(channels * k * l * count);
  let to = 0;
  for (let c = 0; c < channels; c++) {
    const plane = c * rows * columns;
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < l; j++) {
        const [down, across] = [i * dilation[0] - top, j * dilation[1] - left];
        let [y, x] = [Math.floor(first / width), first % width];
        for (let p = 0; p < count; p++, to++) {
          const row = y * stride[0] + down;
          const column = x * stride[1] + across;
          if (row >= 0 && row < rows && column >= 0 && column < columns) {
            result[to] = picture[plane + row * columns + column];
          }
          if (++x === width) {
            x = 0;
            y++;
          }
        }
      }
    }
  }
  return result;
}

/** Each input is multiplied with all of its kernel's taps, and what comes of it is added where the taps lie. */
export const convTranspose2d: Compute<'convTranspose2d'> = ([x, kernel], attributes, shape, kernels: Kernels) => {
  const {
    groups,
    padding: [top, left],
    stride,
    dilation,
  } = attributes;
  const [n, outputs, height, width] = shape;
  const [, perGroup, k, l] = kernel.shape;
  const [, inputs, rows, columns] = x.shape;
  const channels = inputs / groups;
  const taps = perGroup * k * l;
  const area = rows * columns;
  const totals = new Float64Array(sizeOf(shape));
  for (let image = 0; image < n; image++) {
    for (let group = 0; group < groups; group++) {
      const channel = group * channels;
      const weights = kernel.data.subarray(channel * taps, (channel + channels) * taps);
      const from = (image * inputs + channel) * area;
      const picture = x.data.subarray(from, from + channels * area);
      const product = kernels.multiply(transposed(weights, channels, taps), picture, [taps, channels, area]);
      for (let tap = 0, at = 0; tap < taps; tap++) {
        const o = Math.floor(tap / (k * l));
        const down = (Math.floor(tap / l) % k) * dilation[0] - top;
        const across = (tap % l) * dilation[1] - left;
        const plane = (image * outputs + group * perGroup + o) * height * width;
        for (let row = 0; row < rows; row++) {
          const y = row * stride[0] + down;
          for (let column = 0; column < columns; column++, at++) {
            const to = column * stride[1] + across;
            if (y >= 0 && y < height && to >= 0 && to < width) totals[plane + y * width + to] += product[at];
          }
        }
      }
    }
  }
  return Float32Array.from(totals);
};
