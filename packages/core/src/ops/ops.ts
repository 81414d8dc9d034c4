import { type NdArray, type Shape, scalar } from '../ndarray.js';
import {
  type ConvolutionAttributes,
  type ConvolutionOptions,
  convolutionAttributes,
  type Pair,
  pair,
  type Sides,
  sides,
} from './convolution.js';
import type { GridSampling } from './grid-sample.js';
import type { ResizeMethod } from './resize.js';
import { type InferShape, inferShape } from './shapes.js';

/**
 * The tensor language models are written in: a small set of float32 operations with static shapes, NCHW images, and the
 * names and semantics of the overlap of TensorFlow.js and ONNX. A model's forward pass is a function of `Ops<T>` and
 * values `T`; an engine chooses `T` (a graph node, an eager tensor).
 *
 * `OpAttributes` is the list of operations: name → attributes. Every table of rules (shapes, gradients, ONNX emission,
 * TensorFlow.js calls, functions of one number) is keyed by these names, so the compiler refuses an operation that lacks a rule anywhere.
 */
export interface OpAttributes {
  // Elementwise, two inputs, NumPy broadcasting.
  add: NoAttributes;
  sub: NoAttributes;
  mul: NoAttributes;
  div: NoAttributes;
  maximum: NoAttributes;
  minimum: NoAttributes;
  /** 1 where a > b, else 0. Its gradient is zero. */
  greater: NoAttributes;
  /** 1 where a ≥ b, else 0. Its gradient is zero. */
  greaterEqual: NoAttributes;
  /** 1 where a = b, else 0. Its gradient is zero. */
  equal: NoAttributes;
  /** Elementwise, three inputs: the second where the first is not 0, else the third. */
  where: NoAttributes;
  // Elementwise, one input.
  neg: NoAttributes;
  abs: NoAttributes;
  /** −1, 0 or 1. Its gradient is zero. */
  sign: NoAttributes;
  /** The largest whole number that is not above x. Its gradient is zero. */
  floor: NoAttributes;
  /** The nearest whole number, of two the even one. Its gradient is zero. */
  round: NoAttributes;
  exp: NoAttributes;
  log: NoAttributes;
  sqrt: NoAttributes;
  square: NoAttributes;
  sin: NoAttributes;
  cos: NoAttributes;
  /** Between −π/2 and π/2. */
  atan: NoAttributes;
  tanh: NoAttributes;
  sigmoid: NoAttributes;
  erf: NoAttributes;
  relu: NoAttributes;
  leakyRelu: { readonly slope: number };
  /** xᵉ for a constant exponent e. */
  pow: { readonly exponent: number };
  /** x·Φ(x), the exact (erf) form. */
  gelu: NoAttributes;
  /** x·sigmoid(x). */
  silu: NoAttributes;
  /** log(1 + eˣ) */
  softplus: NoAttributes;
  /** eˣ / Σ eˣ along an axis. */
  softmax: { readonly axis: number };
  // Linear algebra.
  /** Over the last two axes; leading axes must be equal (no broadcasting). */
  matMul: { readonly transposeA: boolean; readonly transposeB: boolean };
  /** Cross-correlation of x [N,C,H,W] with kernel [O,C/groups,k,l]; zeros of `padding` around x. */
  conv2d: ConvolutionAttributes;
  /**
   * x [N,C,h,w] with kernel [C,O/groups,k,l] → [N,O,H,W]: the adjoint of `conv2d`, y[o, s·v + d·i − p] += x[c, v]·K[c, o, i].
   * `outputPadding` rows and columns more than H = s·(h − 1) + d·(k − 1) + 1 − padding.
   */
  convTranspose2d: ConvolutionAttributes & { readonly outputPadding: Pair };
  /** [N,C,H,W] → [N,C,oh,ow]: means of k×l pixels; the zeros of the padding count. */
  averagePool: { readonly size: Pair; readonly stride: Pair; readonly padding: Sides };
  /** [N,C,H,W] → [N,C,oh,ow]: the largest of k×l pixels that lie `dilation` apart; what the padding adds is never the largest. */
  maxPool: { readonly size: Pair; readonly stride: Pair; readonly dilation: Pair; readonly padding: Sides };
  // Layout.
  reshape: { readonly shape: Shape };
  transpose: { readonly permutation: readonly number[] };
  concat: { readonly axis: number };
  /** `size` elements from `begin` on, per axis. */
  slice: { readonly begin: readonly number[]; readonly size: readonly number[] };
  /** Zeros around: `[before, after]` per axis. */
  pad: { readonly padding: readonly (readonly [number, number])[] };
  broadcastTo: { readonly shape: Shape };
  /** [N, C·b², H, W] → [N, C, H·b, W·b] in PyTorch's pixel-shuffle order (channel = c·b² + dy·b + dx). */
  depthToSpace: { readonly block: number };
  /** The inverse of depthToSpace. */
  spaceToDepth: { readonly block: number };
  /** [N,C,H,W] → [N,C,H·s,W·s], nearest neighbour. */
  upsampleNearest: { readonly scale: number };
  /** [N,C,H,W] → [N,C,height,width], interpolated as `method` says. */
  resize: { readonly height: number; readonly width: number; readonly method: ResizeMethod };
  // Looking up.
  /** x at whole numbers 0 ≤ i < extent along an axis: […, extent, …] with indices [i, j, …] → […, i, j, …, …]. */
  gather: { readonly axis: number };
  /** The adjoint of `gather`: […, i, j, …, …] with indices [i, j, …] → […, size, …], what meets at one place added up. */
  scatterAdd: { readonly axis: number; readonly size: number };
  /** x [N,C,H,W] at the places grid [N,h,w,2], (column, row) from −1 to 1 → [N,C,h,w], as PyTorch's grid_sample. */
  gridSample: GridSampling;
  // Reductions.
  sum: { readonly axes: readonly number[]; readonly keepDims: boolean };
  mean: { readonly axes: readonly number[]; readonly keepDims: boolean };
  /** The largest; those that are equally large share its gradient evenly. */
  max: { readonly axes: readonly number[]; readonly keepDims: boolean };
}

type NoAttributes = Record<never, never>;

export type OpName = keyof OpAttributes;

/** The binary elementwise operations, which take plain numbers as scalars too. */
const BINARY = [
  'add',
  'sub',
  'mul',
  'div',
  'maximum',
  'minimum',
  'greater',
  'greaterEqual',
  'equal',
] as const satisfies readonly OpName[];
type BinaryOp = (typeof BINARY)[number];

/** The elementwise operations of one value, which have no attributes. */
const UNARY = [
  'neg',
  'abs',
  'sign',
  'floor',
  'round',
  'exp',
  'log',
  'sqrt',
  'square',
  'sin',
  'cos',
  'atan',
  'tanh',
  'sigmoid',
  'erf',
  'relu',
  'gelu',
  'silu',
  'softplus',
] as const satisfies readonly OpName[];
type UnaryOp = (typeof UNARY)[number];

/** The compiler refuses methods among which an operation lacks. */
type ForEveryOperation<Methods extends Readonly<Record<OpName, unknown>>> = Methods;

/** What a program is written against. Shapes are checked as the program runs; an error names the op and both shapes. */
export type Ops<T> = ForEveryOperation<Methods<T>>;

type Methods<T> = {
  [K in BinaryOp]: (a: T | number, b: T | number) => T;
} & {
  [K in UnaryOp]: (x: T) => T;
} & {
  /** A value known when the program is built. */
  constant(value: NdArray | number): T;
  shapeOf(x: T): Shape;
  where(condition: T, a: T | number, b: T | number): T;
  leakyRelu(x: T, slope: number): T;
  pow(x: T, exponent: number): T;
  softmax(x: T, axis: number): T;
  matMul(a: T, b: T, options?: { transposeA?: boolean; transposeB?: boolean }): T;
  conv2d(x: T, kernel: T, options?: ConvolutionOptions): T;
  convTranspose2d(x: T, kernel: T, options?: ConvolutionOptions & { outputPadding?: number | Pair }): T;
  /** The stride is the size unless said otherwise. */
  averagePool(x: T, size: number | Pair, options?: { stride?: number | Pair; padding?: number | Sides }): T;
  maxPool(
    x: T,
    size: number | Pair,
    options?: { stride?: number | Pair; dilation?: number | Pair; padding?: number | Sides },
  ): T;
  reshape(x: T, shape: Shape): T;
  transpose(x: T, permutation: readonly number[]): T;
  concat(parts: readonly T[], axis: number): T;
  slice(x: T, begin: readonly number[], size: readonly number[]): T;
  pad(x: T, padding: readonly (readonly [number, number])[]): T;
  broadcastTo(x: T, shape: Shape): T;
  depthToSpace(x: T, block: number): T;
  spaceToDepth(x: T, block: number): T;
  upsampleNearest(x: T, scale: number): T;
  resize(x: T, height: number, width: number, method: ResizeMethod): T;
  gather(x: T, indices: T, axis: number): T;
  scatterAdd(updates: T, indices: T, axis: number, size: number): T;
  gridSample(x: T, grid: T, sampling: GridSampling): T;
  /** Over `axes`, or all of them. */
  sum(x: T, options?: { axes?: readonly number[]; keepDims?: boolean }): T;
  mean(x: T, options?: { axes?: readonly number[]; keepDims?: boolean }): T;
  max(x: T, options?: { axes?: readonly number[]; keepDims?: boolean }): T;
};

/** What an engine supplies: how to make a constant, read a shape, and apply one named operation. */
export interface OpBackend<T> {
  constant(value: NdArray): T;
  shapeOf(x: T): Shape;
  apply<K extends OpName>(op: K, inputs: readonly T[], attributes: OpAttributes[K], shape: Shape): T;
}

const NONE = {};

/** The `Ops` language over an engine's backend: normalises options and infers (so checks) every shape. */
export function createOps<T>(backend: OpBackend<T>): Ops<T> {
  const lift = (x: T | number): T => (typeof x === 'number' ? backend.constant(scalar(x)) : x);
  const apply = <K extends OpName>(op: K, inputs: readonly T[], attributes: OpAttributes[K]): T => {
    const infer = inferShape[op] as InferShape<K>;
    return backend.apply(op, inputs, attributes, infer(inputs.map(backend.shapeOf), attributes));
  };
  const binary = (op: BinaryOp) => (a: T | number, b: T | number) => apply(op, [lift(a), lift(b)], NONE);
  const unary = (op: UnaryOp) => (x: T) => apply(op, [x], NONE);
  const reduction =
    (op: 'sum' | 'mean' | 'max') =>
    (x: T, options: { axes?: readonly number[]; keepDims?: boolean } = {}) =>
      apply(op, [x], {
        axes: options.axes ?? backend.shapeOf(x).map((_, axis) => axis),
        keepDims: options.keepDims ?? false,
      });
  return {
    constant: (value) => backend.constant(typeof value === 'number' ? scalar(value) : value),
    shapeOf: backend.shapeOf,
    ...record(BINARY, binary),
    ...record(UNARY, unary),
    where: (condition, a, b) => apply('where', [condition, lift(a), lift(b)], NONE),
    softmax: (x, axis) => apply('softmax', [x], { axis }),
    leakyRelu: (x, slope) => apply('leakyRelu', [x], { slope }),
    pow: (x, exponent) => apply('pow', [x], { exponent }),
    matMul: (a, b, { transposeA = false, transposeB = false } = {}) =>
      apply('matMul', [a, b], { transposeA, transposeB }),
    conv2d: (x, kernel, options = {}) => apply('conv2d', [x, kernel], convolutionAttributes(options)),
    convTranspose2d: (x, kernel, { outputPadding = 0, ...options } = {}) =>
      apply('convTranspose2d', [x, kernel], { ...convolutionAttributes(options), outputPadding: pair(outputPadding) }),
    averagePool: (x, size, { stride = size, padding = 0 } = {}) =>
      apply('averagePool', [x], { size: pair(size), stride: pair(stride), padding: sides(padding) }),
    maxPool: (x, size, { stride = size, dilation = 1, padding = 0 } = {}) =>
      apply('maxPool', [x], {
        size: pair(size),
        stride: pair(stride),
        dilation: pair(dilation),
        padding: sides(padding),
      }),
    reshape: (x, shape) => apply('reshape', [x], { shape }),
    transpose: (x, permutation) => apply('transpose', [x], { permutation }),
    concat: (parts, axis) => apply('concat', parts, { axis }),
    slice: (x, begin, size) => apply('slice', [x], { begin, size }),
    pad: (x, padding) => apply('pad', [x], { padding }),
    broadcastTo: (x, shape) => apply('broadcastTo', [x], { shape }),
    depthToSpace: (x, block) => apply('depthToSpace', [x], { block }),
    spaceToDepth: (x, block) => apply('spaceToDepth', [x], { block }),
    upsampleNearest: (x, scale) => apply('upsampleNearest', [x], { scale }),
    resize: (x, height, width, method) => apply('resize', [x], { height, width, method }),
    gather: (x, indices, axis) => apply('gather', [x, indices], { axis }),
    scatterAdd: (updates, indices, axis, size) => apply('scatterAdd', [updates, indices], { axis, size }),
    gridSample: (x, grid, { mode, outside, alignCorners }) =>
      apply('gridSample', [x, grid], { mode, outside, alignCorners }),
    sum: reduction('sum'),
    mean: reduction('mean'),
    max: reduction('max'),
  };
}

function record<K extends string, V>(keys: readonly K[], value: (key: K) => V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>;
}
