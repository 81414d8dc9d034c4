import type { Arrays, Program } from '../engine.js';
import { type NdArray, type Shape, sizeOf } from '../ndarray.js';
import { createOps } from '../ops/create-ops.js';
import type { GridSampling } from '../ops/grid-sampling.js';
import type { OpAttributes, OpName, Ops } from '../ops/ops.js';
import type { ResizeMethod } from '../ops/resize.js';

/** A float64 array: the definitions compute in twice an engine's precision, so that differences are the engine's. */
export interface Reference {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** Fills the result: its element at some coordinates, which are valid during the call, is what the function returns for them. */
type Build = (element: (at: readonly number[]) => number) => Float64Array;
type Evaluate<Attributes> = (inputs: readonly Reference[], attributes: Attributes, build: Build) => Float64Array;

/** Each operation from its definition, one element at a time. */
const evaluate: { readonly [K in OpName]: Evaluate<OpAttributes[K]> } = {
  add: binary((a, b) => a + b),
  sub: binary((a, b) => a - b),
  mul: binary((a, b) => a * b),
  div: binary((a, b) => a / b),
  maximum: binary(Math.max),
  minimum: binary(Math.min),
  greater: binary((a, b) => Number(a > b)),
  greaterEqual: binary((a, b) => Number(a >= b)),
  equal: binary((a, b) => Number(a === b)),
  where: ([condition, a, b], _, build) => build((at) => readBroadcast(readBroadcast(condition, at) !== 0 ? a : b, at)),
  neg: unary((x) => -x),
  abs: unary(Math.abs),
  sign: unary(Math.sign),
  floor: unary(Math.floor),
  round: unary((x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x))),
  exp: unary(Math.exp),
  log: unary(Math.log),
  sqrt: unary(Math.sqrt),
  square: unary((x) => x * x),
  sin: unary(Math.sin),
  cos: unary(Math.cos),
  atan: unary(Math.atan),
  tanh: unary(Math.tanh),
  sigmoid: unary(sigmoid),
  erf: unary(erf),
  relu: unary((x) => Math.max(x, 0)),
  pow: ([x], { exponent }) => x.data.map((value) => value ** exponent),
  leakyRelu: ([x], { slope }, build) => build((at) => (read(x, at) > 0 ? 1 : slope) * read(x, at)),
  gelu: unary((x) => x * 0.5 * (1 + erf(x / Math.SQRT2))),
  silu: unary((x) => x * sigmoid(x)),
  softplus: unary((x) => Math.log(1 + Math.exp(x))),
  softmax: ([x], { axis }, build) =>
    build((at) => Math.exp(read(x, at)) / total(x.shape[axis], (index) => Math.exp(read(x, at.with(axis, index))))),

  matMul([a, b], { transposeA, transposeB }, build) {
    const inner = a.shape.at(transposeA ? -2 : -1)!;
    const [left, right] = [a.shape.at(-1)!, b.shape.at(-1)!];
    return build((at) => {
      const lead = at.slice(0, -2);
      const [i, j] = [at.at(-2)!, at.at(-1)!];
      const [startA, startB] = [a, b].map((x) => placeOf(x, [...lead, 0, 0]));
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        sum +=
          a.data[startA + (transposeA ? k * left + i : i * left + k)] *
          b.data[startB + (transposeB ? j * right + k : k * right + j)];
      }
      return sum;
    });
  },
  conv2d([x, kernel], { padding: [top, left], stride, dilation, groups }, build) {
    const [outputs, channels, k, l] = kernel.shape;
    const [, inputs, height, width] = x.shape;
    return build(([n, o, y, column]) => {
      let sum = 0;
      for (let c = 0; c < channels; c++) {
        const channel = Math.floor(o / (outputs / groups)) * channels + c;
        for (let i = 0; i < k; i++) {
          const row = y * stride[0] + i * dilation[0] - top;
          if (row < 0 || row >= height) continue;
          for (let j = 0; j < l; j++) {
            const col = column * stride[1] + j * dilation[1] - left;
            if (col < 0 || col >= width) continue;
            sum +=
              x.data[((n * inputs + channel) * height + row) * width + col] *
              kernel.data[((o * channels + c) * k + i) * l + j];
          }
        }
      }
      return sum;
    });
  },
  // Every input that a tap brings to this place.
  convTranspose2d([x, kernel], { padding: [top, left], stride, dilation, groups }, build) {
    const [inputs, outputs, k, l] = kernel.shape;
    return build(([n, o, y, column]) =>
      total((inputs / groups) * k * l, (tap) => {
        const [c, i, j] = [Math.floor(tap / (k * l)), Math.floor(tap / l) % k, tap % l];
        const channel = Math.floor(o / outputs) * (inputs / groups) + c;
        const row = (y + top - i * dilation[0]) / stride[0];
        const col = (column + left - j * dilation[1]) / stride[1];
        return readPadded(x, [n, channel, row, col]) * read(kernel, [channel, o % outputs, i, j]);
      }),
    );
  },
  averagePool([x], { size: [k, l], stride, padding: [top, left] }, build) {
    return build(
      ([n, c, y, column]) =>
        total(k * l, (tap) => {
          const row = y * stride[0] + Math.floor(tap / l) - top;
          return readPadded(x, [n, c, row, column * stride[1] + (tap % l) - left]);
        }) /
        (k * l),
    );
  },
  maxPool([x], { size: [k, l], stride, dilation, padding: [top, left] }, build) {
    return build(([n, c, y, column]) => {
      const values = Array.from({ length: k * l }, (_, tap) => {
        const row = y * stride[0] + Math.floor(tap / l) * dilation[0] - top;
        const col = column * stride[1] + (tap % l) * dilation[1] - left;
        return isInside(x, [n, c, row, col]) ? read(x, [n, c, row, col]) : Number.NEGATIVE_INFINITY;
      });
      return Math.max(...values);
    });
  },

  reshape: ([x]) => x.data,
  transpose: ([x], { permutation }, build) =>
    build((at) =>
      read(
        x,
        at.map((_, axis) => at[permutation.indexOf(axis)]),
      ),
    ),
  concat: (parts, { axis }, build) =>
    build((at) => {
      let index = at[axis];
      let part = 0;
      while (index >= parts[part].shape[axis]) index -= parts[part++].shape[axis];
      return read(parts[part], at.with(axis, index));
    }),
  slice: ([x], { begin }, build) =>
    build((at) =>
      read(
        x,
        at.map((index, axis) => index + begin[axis]),
      ),
    ),
  pad: ([x], { padding }, build) =>
    build((at) => {
      const from = at.map((index, axis) => index - padding[axis][0]);
      return from.every((index, axis) => index >= 0 && index < x.shape[axis]) ? read(x, from) : 0;
    }),
  broadcastTo: ([x], _, build) => build((at) => readBroadcast(x, at)),
  depthToSpace: ([x], { block: b }, build) =>
    build(([n, c, y, column]) =>
      read(x, [n, c * b * b + (y % b) * b + (column % b), Math.floor(y / b), Math.floor(column / b)]),
    ),
  spaceToDepth: ([x], { block: b }, build) =>
    build(([n, channel, y, column]) => {
      const [c, dy, dx] = [Math.floor(channel / b ** 2), Math.floor(channel / b) % b, channel % b];
      return read(x, [n, c, y * b + dy, column * b + dx]);
    }),
  upsampleNearest: ([x], { scale }, build) =>
    build(([n, c, y, column]) => read(x, [n, c, Math.floor(y / scale), Math.floor(column / scale)])),

  // Interpolated along rows, and each row along its columns.
  resize([x], { height, width, method }, build) {
    const [, , h, w] = x.shape;
    return build(([n, c, y, column]) =>
      interpolate(y, h, height, method, method.scales?.[0], (row) =>
        interpolate(column, w, width, method, method.scales?.[1], (col) => read(x, [n, c, row, col])),
      ),
    );
  },

  gather: ([x, indices], { axis }, build) =>
    build((at) => {
      const index = read(indices, at.slice(axis, axis + indices.shape.length));
      return read(x, [...at.slice(0, axis), index, ...at.slice(axis + indices.shape.length)]);
    }),
  scatterAdd: ([updates, indices], { axis }, build) =>
    build((at) =>
      total(sizeOf(indices.shape), (i) => {
        const place = unravel(i, indices.shape);
        if (read(indices, place) !== at[axis]) return 0;
        return read(updates, [...at.slice(0, axis), ...place, ...at.slice(axis + 1)]);
      }),
    ),
  gridSample([x, grid], sampling, build) {
    const [, , h, w] = x.shape;
    return build(([n, c, y, column]) =>
      sample(read(grid, [n, y, column, 1]), h, sampling, (row) =>
        sample(read(grid, [n, y, column, 0]), w, sampling, (col) => read(x, [n, c, row, col])),
      ),
    );
  },

  sum: ([x], attributes, build) => reduce(x, attributes, build, () => 1),
  mean: ([x], attributes, build) => reduce(x, attributes, build, (count) => 1 / count),
  max: ([x], attributes, build) =>
    reduce(
      x,
      attributes,
      build,
      () => 1,
      (a, b) => Math.max(a, b),
    ),
};

/** One operation by its definition. */
export function applyReference<K extends OpName>(
  op: K,
  inputs: readonly Reference[],
  attributes: OpAttributes[K],
  shape: Shape,
): Reference {
  const build: Build = (element) => {
    const data = new Float64Array(sizeOf(shape));
    const at = shape.map(() => 0);
    for (let index = 0; index < data.length; index++) {
      data[index] = element(at);
      for (let axis = shape.length - 1; axis >= 0 && ++at[axis] === shape[axis]; axis--) at[axis] = 0;
    }
    return data;
  };
  return { shape, data: evaluate[op](inputs, attributes, build) };
}

const referenceOps: Ops<Reference> = createOps<Reference>({
  constant: lift,
  shapeOf: (x) => x.shape,
  apply: applyReference,
});

export function lift({ shape, data }: NdArray): Reference {
  return { shape, data: Float64Array.from(data) };
}

/**
 * A program's outputs in float64, each operation by its definition, one element at a time; shares no code with any engine.
 * @param exact inputs in float64, in place of those of that name
 */
export function runReference(
  program: Program,
  inputs: Arrays,
  exact: Readonly<Record<string, Reference>> = {},
): Record<string, Reference> {
  const lifted = Object.fromEntries(Object.entries(inputs).map(([name, array]) => [name, lift(array)]));
  return program(referenceOps, { ...lifted, ...exact });
}

/** ∂loss/∂input by central differences, for a scalar output `loss`. */
export function differenceQuotient(program: Program, inputs: Arrays, wrt: string, loss = 'loss'): Float64Array {
  const STEP = 1e-5;
  const at = lift(inputs[wrt]);
  const lossAt = (index: number, offset: number) => {
    const data = at.data.slice();
    data[index] += offset;
    return runReference(program, inputs, { [wrt]: { ...at, data } })[loss].data[0];
  };
  return at.data.map((_, index) => (lossAt(index, STEP) - lossAt(index, -STEP)) / (2 * STEP));
}

function unary(f: (x: number) => number): Evaluate<unknown> {
  return ([x]) => x.data.map(f);
}

function binary(f: (a: number, b: number) => number): Evaluate<unknown> {
  return ([a, b], _, build) => build((at) => f(readBroadcast(a, at), readBroadcast(b, at)));
}

function reduce(
  x: Reference,
  { axes, keepDims }: OpAttributes['sum'],
  build: Build,
  weight: (count: number) => number,
  join = (a: number, b: number) => a + b,
): Float64Array {
  const extents = axes.map((axis) => x.shape[axis]);
  return build((at) => {
    const kept = [...at];
    const from = x.shape.map((_, axis) => {
      if (!axes.includes(axis)) return kept.shift()!;
      if (keepDims) kept.shift();
      return 0;
    });
    const values = Array.from({ length: sizeOf(extents) }, (_, index) => {
      const inner = unravel(index, extents);
      return read(
        x,
        from.map((position, axis) => (axes.includes(axis) ? inner[axes.indexOf(axis)] : position)),
      );
    });
    return values.reduce((joined, value) => join(joined, value)) * weight(sizeOf(extents));
  });
}

/** Pixel i of `to`, as a sum of the `from` pixels by their distance from its place; the border goes on beyond itself. */
function interpolate(
  i: number,
  from: number,
  to: number,
  { kind, coordinates, rounding = 'floor', cubicCoefficient: a = -0.75 }: ResizeMethod,
  scale: number = to / from,
  value: (index: number) => number,
): number {
  const places = {
    'half-pixel': (i + 0.5) / scale - 0.5,
    'pytorch-half-pixel': to === 1 ? 0 : (i + 0.5) / scale - 0.5,
    asymmetric: i / scale,
    'align-corners': to === 1 ? 0 : (i * (from - 1)) / (to - 1),
  };
  const at = places[coordinates];
  const border = (index: number) => value(Math.min(Math.max(index, 0), from - 1));
  if (kind === 'nearest') {
    const half = Math.abs(at % 1) === 0.5;
    if (rounding === 'floor' || (half && rounding === 'round-prefer-floor')) return border(Math.floor(at));
    if (rounding === 'ceil' || half) return border(Math.ceil(at));
    return border(Math.round(at));
  }
  const weight = (d: number) => {
    if (kind === 'linear') return Math.max(0, 1 - d);
    if (d <= 1) return (a + 2) * d ** 3 - (a + 3) * d ** 2 + 1;
    return d < 2 ? a * d ** 3 - 5 * a * d ** 2 + 8 * a * d - 4 * a : 0;
  };
  const first = Math.floor(at) - 2;
  return total(6, (offset) => weight(Math.abs(at - (first + offset))) * border(first + offset));
}

/** An axis of `extent` pixels at a coordinate from −1 to 1. */
function sample(
  coordinate: number,
  extent: number,
  { mode, outside, alignCorners }: GridSampling,
  value: (index: number) => number,
): number {
  const at = alignCorners ? ((coordinate + 1) / 2) * (extent - 1) : ((coordinate + 1) * extent - 1) / 2;
  const pixel = (index: number): number => {
    if (index >= 0 && index < extent) return value(index);
    if (outside === 'zeros') return 0;
    if (outside === 'border') return value(Math.min(Math.max(index, 0), extent - 1));
    if (extent === 1) return value(0);
    // Mirrored at one border, and again until it is inside.
    const [low, high] = alignCorners ? [0, extent - 1] : [-0.5, extent - 0.5];
    return pixel(2 * (index < 0 ? low : high) - index);
  };
  if (mode === 'nearest') return pixel(Math.round(at));
  const a = -0.75;
  const weight = (d: number) => {
    if (mode === 'linear') return Math.max(0, 1 - d);
    if (d <= 1) return (a + 2) * d ** 3 - (a + 3) * d ** 2 + 1;
    return d < 2 ? a * d ** 3 - 5 * a * d ** 2 + 8 * a * d - 4 * a : 0;
  };
  const first = Math.floor(at) - 2;
  return total(6, (offset) => weight(Math.abs(at - (first + offset))) * pixel(first + offset));
}

/** Zero outside the array, and between its elements. */
function readPadded(x: Reference, at: readonly number[]): number {
  return isInside(x, at) ? read(x, at) : 0;
}

function isInside(x: Reference, at: readonly number[]): boolean {
  return at.every((index, axis) => Number.isInteger(index) && index >= 0 && index < x.shape[axis]);
}

function total(count: number, term: (index: number) => number): number {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += term(index);
  return sum;
}

function unravel(index: number, shape: Shape): number[] {
  const at = new Array<number>(shape.length);
  let rest = index;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    at[axis] = rest % shape[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return at;
}

function read(x: Reference, at: readonly number[]): number {
  return x.data[placeOf(x, at)];
}

function placeOf({ shape }: Reference, at: readonly number[]): number {
  let place = 0;
  for (let axis = 0; axis < shape.length; axis++) place = place * shape[axis] + at[axis];
  return place;
}

function readBroadcast({ shape, data }: Reference, at: readonly number[]): number {
  const added = at.length - shape.length;
  let place = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    place = place * shape[axis] + (shape[axis] === 1 ? 0 : at[added + axis]);
  }
  return data[place];
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** erf x = 2/√π · Σ (−1)ⁿ x²ⁿ⁺¹ / (n!(2n+1)), summed until nothing changes; good for |x| < 4. */
function erf(x: number): number {
  let power = x;
  let sum = 0;
  for (let n = 0; n < 100; n++) {
    sum += power / (2 * n + 1);
    power *= -(x * x) / (n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
