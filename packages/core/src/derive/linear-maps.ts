import { type NdArray, sizeOf } from '../ndarray.js';
import type { GridSampling } from '../ops/grid-sampling.js';
import { mapPlane, type Plane, plane } from './plane.js';
import type { Step } from './way.js';

/* Steps of a way to the picture that are linear maps of a plane, made of values as they are in the picture. */

/** What one pixel of the result is made of. */
type Part = readonly [from: number, weight: number];

/** Σ weight · u over the parts of each pixel. */
function combine(parts: readonly (readonly Part[])[], height: number, width: number): (input: Plane) => Plane {
  return ({ data }) =>
    mapPlane(plane(height, width), (_, pixel) =>
      parts[pixel].reduce((sum, [from, weight]) => sum + weight * data[from], 0),
    );
}

/**
 * A max pooling with its winners held: a tap's weight is the share of channels in which it is the largest; of several that
 * are, the first in rows is.
 * @param pooled what is pooled, [1, C, h, w]
 */
export function pooledWinners(
  { shape: [, channels, rows, columns], data }: NdArray,
  { window: { size, stride, dilation, padding }, height, width }: Extract<Step, { kind: 'winner' }>,
): (input: Plane) => Plane {
  const parts = Array.from({ length: height * width }, (_, place) => {
    const [y, x] = [Math.floor(place / width), place % width];
    const taps: number[] = [];
    for (let tap = 0; tap < size[0] * size[1]; tap++) {
      const row = y * stride[0] + Math.floor(tap / size[1]) * dilation[0] - padding[0];
      const column = x * stride[1] + (tap % size[1]) * dilation[1] - padding[1];
      if (row >= 0 && row < rows && column >= 0 && column < columns) taps.push(row * columns + column);
    }
    const wins = new Map<number, number>();
    for (let c = 0; c < channels; c++) {
      const at = c * rows * columns;
      const winner = taps.reduce((best, tap) => (data[at + tap] > data[at + best] ? tap : best));
      wins.set(winner, (wins.get(winner) ?? 0) + 1 / channels);
    }
    return [...wins];
  });
  return combine(parts, height, width);
}

/**
 * A picture of height × width pixels looked up at places that are held.
 * @param grid [1, h, w, 2], (column, row) from −1 to 1
 */
export function sampledPlaces(
  { data }: NdArray,
  step: Extract<Step, { kind: 'sample' }>,
  height: number,
  width: number,
): (input: Plane) => Plane {
  const parts = Array.from({ length: step.height * step.width }, (_, place) => {
    const columns = pixelsAt(data[2 * place], width, step.sampling);
    const rows = pixelsAt(data[2 * place + 1], height, step.sampling);
    return rows.flatMap(([row, down]) =>
      columns.map(([column, across]): Part => [row * width + column, down * across]),
    );
  });
  return combine(parts, step.height, step.width);
}

/** The pixels of an axis that are read at a coordinate from −1 to 1, with their weights; what lies outside is left out. */
function pixelsAt(coordinate: number, extent: number, { mode, outside, alignCorners }: GridSampling): readonly Part[] {
  const at = alignCorners ? ((coordinate + 1) / 2) * (extent - 1) : ((coordinate + 1) * extent - 1) / 2;
  const first = Math.floor(at);
  const t = at - first;
  const taps: readonly Part[] =
    mode === 'nearest'
      ? [[t === 0.5 ? first + (first % 2 === 0 ? 0 : 1) : Math.round(at), 1]]
      : mode === 'linear'
        ? [
            [first, 1 - t],
            [first + 1, t],
          ]
        : [-1, 0, 1, 2].map((offset) => [first + offset, cubicWeight(Math.abs(t - offset))] as const);
  return taps.flatMap(([pixel, weight]): readonly Part[] => {
    if (pixel >= 0 && pixel < extent) return [[pixel, weight]];
    if (outside === 'zeros' || !Number.isFinite(pixel)) return [];
    const inside = outside === 'reflection' ? mirrored(pixel, extent, alignCorners) : pixel;
    return [[Math.min(Math.max(inside, 0), extent - 1), weight]];
  });
}

/** Keys 1981 with a = −0.75: the weight of a pixel at distance d. */
function cubicWeight(d: number): number {
  const a = -0.75;
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

/** A pixel beyond the border, mirrored at the outermost pixels' centres or at their edges. */
function mirrored(pixel: number, extent: number, alignCorners: boolean): number {
  const period = alignCorners ? 2 * (extent - 1) : 2 * extent;
  if (period === 0) return 0;
  const rest = pixel - Math.floor(pixel / period) * period;
  return Math.min(rest, (alignCorners ? period : period - 1) - rest);
}

/**
 * Pixels mixed by a matrix that is held: its mean over leading axes, as over the heads of an attention.
 * @param matrix […, to, from], or […, from, to] if it is transposed
 */
export function mixedPixels(
  { shape, data }: NdArray,
  transposed: boolean,
  height: number,
  width: number,
): (input: Plane) => Plane {
  const pixels = height * width;
  const area = pixels * pixels;
  const leading = sizeOf(shape) / area;
  const mean = new Float64Array(area);
  for (const [i, value] of data.entries()) mean[i % area] += value / leading;
  return (input) =>
    mapPlane(plane(height, width), (_, to) => {
      let sum = 0;
      for (let from = 0; from < pixels; from++) {
        sum += mean[transposed ? from * pixels + to : to * pixels + from] * input.data[from];
      }
      return sum;
    });
}
