import { type NdArray, type Shape, scalar } from '../ndarray.js';
import { convolutionAttributes, pair, sides } from './convolution.js';
import { BINARY, type BinaryOp, type OpAttributes, type OpName, type Ops, UNARY, type UnaryOp } from './ops.js';
import { type InferShape, inferShape } from './shapes.js';

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
    // A slope of −0 is 0: a stored program is JSON, which has no −0.
    leakyRelu: (x, slope) => apply('leakyRelu', [x], { slope: slope + 0 }),
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
