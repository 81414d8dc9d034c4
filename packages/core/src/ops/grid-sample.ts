import type { GridSampling } from './grid-sampling.js';
import type { Ops } from './ops.js';

/** A pixel that is read along one axis, with its weight and how that grows with the grid's coordinate; all [places]. */
interface Tap<T> {
  readonly index: T;
  readonly weight: T;
  /** None of the nearest pixel's. */
  readonly slope: T | undefined;
}

/** One image of a batch: its pixels [C, H·W], and which of them are read. */
interface Sampled<T> {
  readonly pixels: T;
  readonly taps: readonly { readonly index: T; readonly row: Tap<T>; readonly column: Tap<T> }[];
}

/** y[n, c, p] = Σ over rows i and columns j of weight_i · weight_j · x[n, c, i, j]: `gridSample` in other operations. */
export function sampleByTaps<T>(ops: Ops<T>, x: T, grid: T, sampling: GridSampling): T {
  const [n, c] = ops.shapeOf(x);
  const [, height, width] = ops.shapeOf(grid);
  const images = Array.from({ length: n }, (_, image) => {
    const { pixels, taps } = sampledImage(ops, x, grid, image, sampling);
    return total(
      ops,
      taps.map(({ index, row, column }) => ops.mul(ops.gather(pixels, index, 1), ops.mul(row.weight, column.weight))),
    );
  });
  return ops.reshape(ops.concat(images, 0), [n, c, height, width]);
}

/** x̄, and the grid's gradient. */
export function gridSampleGradient<T>(ops: Ops<T>, x: T, grid: T, gradient: T, sampling: GridSampling): readonly T[] {
  const [n, c, h, w] = ops.shapeOf(x);
  const [, height, width] = ops.shapeOf(grid);
  const places = height * width;
  const ofImages = Array.from({ length: n }, (_, image) => {
    const { pixels, taps } = sampledImage(ops, x, grid, image, sampling);
    const given = ops.reshape(ops.slice(gradient, [image, 0, 0, 0], [1, c, height, width]), [c, places]);
    const toPixels = taps.map(({ index, row, column }) =>
      ops.scatterAdd(ops.mul(given, ops.mul(row.weight, column.weight)), index, 1, h * w),
    );
    // Σ_c ȳ · x at each tap, times how the tap's weight grows.
    const products = taps.map(({ index }) => ops.sum(ops.mul(given, ops.gather(pixels, index, 1)), { axes: [0] }));
    const across = taps.flatMap(({ row, column }, i) =>
      column.slope === undefined ? [] : [ops.mul(products[i], ops.mul(row.weight, column.slope))],
    );
    const down = taps.flatMap(({ row, column }, i) =>
      row.slope === undefined ? [] : [ops.mul(products[i], ops.mul(row.slope, column.weight))],
    );
    const none = () => ops.broadcastTo(ops.constant(0), [places]);
    const axes = [across, down].map((terms) => (terms.length > 0 ? total(ops, terms) : none()));
    return {
      picture: total(ops, toPixels),
      grid: ops.concat(
        axes.map((axis) => ops.reshape(axis, [places, 1])),
        1,
      ),
    };
  });
  const joined = (parts: readonly T[], like: T) => ops.reshape(ops.concat(parts, 0), ops.shapeOf(like));
  return [
    joined(
      ofImages.map(({ picture }) => picture),
      x,
    ),
    joined(
      ofImages.map(({ grid }) => grid),
      grid,
    ),
  ];
}

function sampledImage<T>(ops: Ops<T>, x: T, grid: T, image: number, sampling: GridSampling): Sampled<T> {
  const [, c, h, w] = ops.shapeOf(x);
  const [, height, width] = ops.shapeOf(grid);
  const along = (axis: number) =>
    ops.reshape(ops.slice(grid, [image, 0, 0, axis], [1, height, width, 1]), [height * width]);
  const columns = axisTaps(ops, along(0), w, sampling);
  const rows = axisTaps(ops, along(1), h, sampling);
  return {
    pixels: ops.reshape(ops.slice(x, [image, 0, 0, 0], [1, c, h, w]), [c, h * w]),
    taps: rows.flatMap((row) =>
      columns.map((column) => ({ index: ops.add(ops.mul(row.index, w), column.index), row, column })),
    ),
  };
}

/** The pixels that are read along an axis of `extent` pixels. */
function axisTaps<T>(ops: Ops<T>, coordinates: T, extent: number, sampling: GridSampling): Tap<T>[] {
  const { mode, outside, alignCorners } = sampling;
  const perUnit = (alignCorners ? extent - 1 : extent) / 2;
  const at = ops.add(ops.mul(coordinates, perUnit), (extent - 1) / 2);
  const bounded = (index: T, weight: T, slope: T | undefined): Tap<T> => {
    const inside = ops.minimum(ops.maximum(outside === 'reflection' ? mirrored(index) : index, 0), extent - 1);
    if (outside !== 'zeros') return { index: inside, weight, slope };
    const counts = ops.equal(inside, index);
    return { index: inside, weight: ops.mul(weight, counts), slope: slope && ops.mul(slope, counts) };
  };
  /** At the centres of the outermost pixels, or at their outer edges. */
  const mirrored = (index: T): T => {
    const period = alignCorners ? 2 * (extent - 1) : 2 * extent;
    if (period === 0) return index;
    const rest = ops.sub(index, ops.mul(ops.floor(ops.div(index, period)), period));
    return ops.minimum(rest, ops.sub(alignCorners ? period : period - 1, rest));
  };
  const one = () => ops.broadcastTo(ops.constant(1), ops.shapeOf(coordinates));
  if (mode === 'nearest') return [bounded(ops.round(at), one(), undefined)];
  const first = ops.floor(at);
  const t = ops.sub(at, first);
  if (mode === 'linear') {
    return [
      bounded(first, ops.sub(1, t), ops.mul(one(), -perUnit)),
      bounded(ops.add(first, 1), t, ops.mul(one(), perUnit)),
    ];
  }
  return CUBIC.map((coefficients, tap) => {
    const slopes = coefficients.slice(0, -1).map((coefficient, i) => coefficient * (3 - i) * perUnit);
    const polynomial = (all: readonly number[]) =>
      all.slice(1).reduce<T>((sum, coefficient) => ops.add(ops.mul(sum, t), coefficient), ops.mul(one(), all[0]));
    return bounded(ops.add(first, tap - 1), polynomial(coefficients), polynomial(slopes));
  });
}

/** Keys 1981 with a = −0.75: weights of the four pixels around a place, as polynomials of its distance from the second. */
const CUBIC: readonly (readonly number[])[] = [
  [-0.75, 1.5, -0.75, 0],
  [1.25, -2.25, 0, 1],
  [-1.25, 1.5, 0.75, 0],
  [0.75, -0.75, 0, 0],
];

function total<T>(ops: Ops<T>, [first, ...others]: readonly T[]): T {
  return others.reduce((sum, term) => ops.add(sum, term), first);
}
