import type { NdArray, Shape } from '../ndarray.js';
import type { ConvolutionAttributes, ConvolutionOptions, Pair, Sides } from './convolution.js';
import type { GridSampling } from './grid-sampling.js';
import type { ResizeMethod } from './resize.js';

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
export const BINARY = [
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
export type BinaryOp = (typeof BINARY)[number];

/** The elementwise operations of one value, which have no attributes. */
export const UNARY = [
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
export type UnaryOp = (typeof UNARY)[number];

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
