import type { Pair, Sides } from '../ops/convolution.js';
import { type ResizeMethod, resizeMatrix } from '../ops/resize.js';

/** One number per pixel, [height, width]. */
export interface Plane {
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

export function plane(height: number, width: number, data: Float32Array = new Float32Array(height * width)): Plane {
  return { height, width, data };
}

export function mapPlane({ height, width, data }: Plane, f: (value: number, pixel: number) => number): Plane {
  return plane(height, width, data.map(f));
}

/** Where a window of taps reads its input: with stride s, dilation d and padding p, tap i of place v reads s·v + d·i − p. */
export interface Window {
  readonly size: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly padding: Sides;
}

/** Σ over the window's taps of weight · value, zeros outside, and `offset`; the result has `height` × `width` places. */
export function correlatePlane(
  input: Plane,
  { size: [k, l], stride, dilation, padding: [top, left] }: Window,
  height: number,
  width: number,
  weight: (tap: number) => number,
  offset: (place: number) => number = () => 0,
): Plane {
  const result = plane(height, width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = offset(y * width + x);
      for (let i = 0; i < k; i++) {
        const row = y * stride[0] + i * dilation[0] - top;
        if (row < 0 || row >= input.height) continue;
        for (let j = 0; j < l; j++) {
          const column = x * stride[1] + j * dilation[1] - left;
          if (column < 0 || column >= input.width) continue;
          sum += weight(i * l + j) * input.data[row * input.width + column];
        }
      }
      result.data[y * width + x] = sum;
    }
  }
  return result;
}

/** The adjoint: every value goes to where its window's taps lie. */
export function spreadPlane(
  input: Plane,
  { size: [k, l], stride, dilation, padding: [top, left] }: Window,
  height: number,
  width: number,
  weight: (tap: number) => number,
  offset: (place: number) => number = () => 0,
): Plane {
  const sums = Float64Array.from({ length: height * width }, (_, place) => offset(place));
  for (let y = 0; y < input.height; y++) {
    for (let x = 0; x < input.width; x++) {
      const value = input.data[y * input.width + x];
      for (let i = 0; i < k; i++) {
        const row = y * stride[0] + i * dilation[0] - top;
        if (row < 0 || row >= height) continue;
        for (let j = 0; j < l; j++) {
          const column = x * stride[1] + j * dilation[1] - left;
          if (column >= 0 && column < width) sums[row * width + column] += weight(i * l + j) * value;
        }
      }
    }
  }
  return plane(height, width, Float32Array.from(sums));
}

/** Each pixel an s×s cell. */
export function nearestPlane({ height, width, data }: Plane, scale: number): Plane {
  const result = plane(height * scale, width * scale);
  for (let y = 0; y < result.height; y++) {
    const from = Math.floor(y / scale) * width;
    for (let x = 0; x < result.width; x++) result.data[y * result.width + x] = data[from + Math.floor(x / scale)];
  }
  return result;
}

/** Each pixel on one sub-pixel of an s×s cell (row · s + column), zeros on the others. */
export function scatterPlane({ height, width, data }: Plane, scale: number, subPixel: number): Plane {
  const result = plane(height * scale, width * scale);
  const [dy, dx] = [Math.floor(subPixel / scale), subPixel % scale];
  for (let y = 0; y < height; y++) {
    const to = (y * scale + dy) * result.width + dx;
    for (let x = 0; x < width; x++) result.data[to + x * scale] = data[y * width + x];
  }
  return result;
}

/** A · plane · Bᵀ with the interpolation's matrices. */
export function resizePlane(input: Plane, height: number, width: number, method: ResizeMethod): Plane {
  const columns = resizeMatrix(input.width, width, method, method.scales?.[1]).data;
  const rows = resizeMatrix(input.height, height, method, method.scales?.[0]).data;
  const wide = plane(input.height, width);
  for (let y = 0; y < input.height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let i = 0; i < input.width; i++) {
        const weight = columns[x * input.width + i];
        if (weight !== 0) sum += weight * input.data[y * input.width + i];
      }
      wide.data[y * width + x] = sum;
    }
  }
  const result = plane(height, width);
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < input.height; i++) {
      const weight = rows[y * input.height + i];
      if (weight === 0) continue;
      for (let x = 0; x < width; x++) result.data[y * width + x] += weight * wide.data[i * width + x];
    }
  }
  return result;
}

/** Chosen rows and columns of a plane. */
export function takePlane({ width, data }: Plane, rows: readonly number[], columns: readonly number[]): Plane {
  return mapPlane(plane(rows.length, columns.length), (_, pixel) => {
    const [row, column] = [Math.floor(pixel / columns.length), pixel % columns.length];
    return data[rows[row] * width + columns[column]];
  });
}

/** A rectangle of a plane; what lies outside it is zero. */
export function cropPlane(input: Plane, top: number, left: number, height: number, width: number): Plane {
  const result = plane(height, width);
  for (let y = 0; y < height; y++) {
    const row = y + top;
    if (row < 0 || row >= input.height) continue;
    for (let x = 0; x < width; x++) {
      const column = x + left;
      if (column >= 0 && column < input.width) result.data[y * width + x] = input.data[row * input.width + column];
    }
  }
  return result;
}
