import type { NdArray, Ops, Program } from '@xinc/core';
import type { OpName } from '@xinc/core/graph';
import { array, awayFromZero, onGrid, randomArray } from './arrays.js';

/** One use of an operation, with the inputs to try it on. */
export interface OpCase {
  readonly title: string;
  readonly inputs: readonly NdArray[];
  readonly apply: <T>(ops: Ops<T>, inputs: readonly T[]) => T;
  /** Inputs lie on a corner of the function: its gradient there is a convention, not a limit of differences. */
  readonly corner?: true;
}

type Apply = OpCase['apply'];

const useOf = (title: string, apply: Apply, ...inputs: NdArray[]): OpCase => ({ title, apply, inputs });
const cornerOf = (title: string, apply: Apply, ...inputs: NdArray[]): OpCase => ({
  title,
  apply,
  inputs,
  corner: true,
});

/** A binary operation on equal shapes, every kind of broadcasting, and a number for an operand. */
function binary(
  op: 'add' | 'sub' | 'mul' | 'div' | 'maximum' | 'minimum' | 'greater' | 'greaterEqual' | 'equal',
  first = randomArray,
  second = randomArray,
): OpCase[] {
  const apply: Apply = (ops, [a, b]) => ops[op](a, b);
  return [
    useOf('equal shapes', apply, first([3, 4], 1), second([3, 4], 2)),
    useOf('a row over a matrix', apply, first([3, 4], 3), second([4], 4)),
    useOf('a column and a row', apply, first([3, 1], 5), second([1, 4], 6)),
    useOf('a scalar over an image', apply, first([], 7), second([1, 2, 3, 2], 8)),
    useOf('a bias per channel', apply, first([2, 3, 2, 2], 9), second([1, 3, 1, 1], 10)),
    useOf('a number', (ops, [a]) => ops[op](ops[op](a, 0.7), -0.55), first([5], 11)),
  ];
}

/** An operation on one input, on several inputs. */
const unary = (apply: Apply, ...inputs: NdArray[]): OpCase[] =>
  inputs.map((x) => useOf(x.shape.length === 0 ? 'a scalar' : `${x.shape.join('×')} values`, apply, x));

const positive = (shape: readonly number[], seed: number): NdArray => randomArray(shape, seed, 0.5, 2);
const wide = (seed: number): NdArray => randomArray([40], seed, -6, 6);
const corners = array([5], [-1, -0, 0, 1, 2]);
const ties = [array([4], [1, -2, 0, 3]), array([4], [1, 2, 0, -3])] as const;

/** Cases for every operation of the language; the type refuses an operation that has none. */
export const OP_CASES: { readonly [K in OpName]: readonly OpCase[] } = {
  add: binary('add'),
  sub: binary('sub'),
  mul: binary('mul'),
  div: binary('div', randomArray, awayFromZero),
  maximum: [
    ...binary('maximum', onGrid(0), onGrid(1 / 8)),
    cornerOf('ties', (ops, [a, b]) => ops.maximum(a, b), ...ties),
  ],
  minimum: [
    ...binary('minimum', onGrid(0), onGrid(1 / 8)),
    cornerOf('ties', (ops, [a, b]) => ops.minimum(a, b), ...ties),
  ],
  greater: [
    ...binary('greater', onGrid(0), onGrid(1 / 8)),
    cornerOf('ties', (ops, [a, b]) => ops.greater(a, b), ...ties),
    useOf(
      'as a mask',
      (ops, [a, b]) => ops.mul(ops.greater(a, b), ops.square(a)),
      randomArray([6], 1),
      randomArray([6], 2),
    ),
  ],
  greaterEqual: [
    ...binary('greaterEqual', onGrid(0), onGrid(1 / 8)),
    cornerOf('ties', (ops, [a, b]) => ops.greaterEqual(a, b), ...ties),
  ],
  equal: [...binary('equal', onGrid(0), onGrid(1 / 8)), cornerOf('ties', (ops, [a, b]) => ops.equal(a, b), ...ties)],
  where: [
    useOf(
      'a row of choices',
      (ops, [c, a, b]) => ops.where(ops.greater(c, 0), a, b),
      awayFromZero([4], 1),
      randomArray([2, 3, 4], 2),
      randomArray([3, 1], 3),
    ),
    cornerOf('any number but 0', (ops, [c, a]) => ops.where(c, a, 0.5), corners, randomArray([5], 4)),
  ],

  neg: unary((ops, [x]) => ops.neg(x), randomArray([2, 3], 1)),
  abs: [
    ...unary((ops, [x]) => ops.abs(x), awayFromZero([2, 3], 1)),
    cornerOf('zero', (ops, [x]) => ops.abs(x), corners),
  ],
  sign: [
    ...unary((ops, [x]) => ops.sign(x), awayFromZero([2, 3], 1)),
    cornerOf('zero', (ops, [x]) => ops.sign(x), corners),
  ],
  floor: [
    ...unary((ops, [x]) => ops.floor(x), onGrid(1 / 8)([2, 3], 1)),
    cornerOf('whole numbers', (ops, [x]) => ops.floor(x), corners),
  ],
  round: [
    ...unary((ops, [x]) => ops.round(x), onGrid(1 / 8)([2, 3], 1)),
    cornerOf('halves', (ops, [x]) => ops.round(x), array([6], [-1.5, -0.5, 0.5, 1.5, 2.5, 3])),
  ],
  exp: unary((ops, [x]) => ops.exp(x), wide(1)),
  log: unary((ops, [x]) => ops.log(x), positive([2, 3], 1)),
  sqrt: unary((ops, [x]) => ops.sqrt(x), positive([2, 3], 1)),
  square: unary((ops, [x]) => ops.square(x), randomArray([2, 3], 1)),
  sin: unary((ops, [x]) => ops.sin(x), wide(1), randomArray([20], 2, -300, 300)),
  cos: unary((ops, [x]) => ops.cos(x), wide(1), randomArray([20], 2, -300, 300)),
  atan: unary((ops, [x]) => ops.atan(x), wide(1)),
  tanh: unary((ops, [x]) => ops.tanh(x), wide(1)),
  sigmoid: unary((ops, [x]) => ops.sigmoid(x), wide(1)),
  erf: unary((ops, [x]) => ops.erf(x), randomArray([40], 1, -3, 3)),
  relu: [
    ...unary((ops, [x]) => ops.relu(x), awayFromZero([2, 3], 1)),
    cornerOf('zero', (ops, [x]) => ops.relu(x), corners),
  ],
  leakyRelu: [
    useOf('slope 0.1', (ops, [x]) => ops.leakyRelu(x, 0.1), awayFromZero([2, 3], 1)),
    cornerOf('zero', (ops, [x]) => ops.leakyRelu(x, 0.25), corners),
  ],
  pow: unary((ops, [x]) => ops.pow(x, 1.5), positive([2, 3], 1)),
  gelu: unary((ops, [x]) => ops.gelu(x), wide(1), randomArray([], 2)),
  silu: unary((ops, [x]) => ops.silu(x), wide(1)),
  softplus: unary((ops, [x]) => ops.softplus(x), wide(1), array([4], [-40, 0, 30, 60])),
  softmax: [
    useOf('the last axis', (ops, [x]) => ops.softmax(x, 1), randomArray([3, 4], 1)),
    useOf('channels, large values', (ops, [x]) => ops.softmax(ops.add(x, 200), 1), randomArray([2, 3, 2, 2], 2)),
  ],

  matMul: [
    useOf('A·B', (ops, [a, b]) => ops.matMul(a, b), randomArray([3, 4], 1), randomArray([4, 2], 2)),
    useOf(
      'Aᵀ·B',
      (ops, [a, b]) => ops.matMul(a, b, { transposeA: true }),
      randomArray([4, 3], 1),
      randomArray([4, 2], 2),
    ),
    useOf(
      'A·Bᵀ',
      (ops, [a, b]) => ops.matMul(a, b, { transposeB: true }),
      randomArray([3, 4], 1),
      randomArray([2, 4], 2),
    ),
    useOf(
      'Aᵀ·Bᵀ',
      (ops, [a, b]) => ops.matMul(a, b, { transposeA: true, transposeB: true }),
      randomArray([4, 3], 1),
      randomArray([2, 4], 2),
    ),
    useOf('stacks', (ops, [a, b]) => ops.matMul(a, b), randomArray([2, 3, 4], 1), randomArray([2, 4, 5], 2)),
  ],
  convTranspose2d: [
    useOf(
      'stride 2, padding 1, one more row and column',
      (ops, [x, k]) => ops.convTranspose2d(x, k, { stride: 2, padding: 1, outputPadding: 1 }),
      randomArray([2, 3, 3, 4], 1),
      randomArray([3, 2, 3, 3], 2),
    ),
    useOf(
      'two groups, dilation, uneven padding and stride',
      (ops, [x, k]) =>
        ops.convTranspose2d(x, k, { stride: [1, 3], padding: [2, 0, 1, 1], dilation: [2, 1], groups: 2 }),
      randomArray([1, 4, 4, 3], 3),
      randomArray([4, 2, 3, 2], 4),
    ),
  ],
  averagePool: [
    useOf('2×2', (ops, [x]) => ops.averagePool(x, 2), randomArray([2, 3, 4, 5], 1)),
    useOf(
      '3×3, stride 2, padding 1',
      (ops, [x]) => ops.averagePool(x, 3, { stride: 2, padding: 1 }),
      randomArray([1, 2, 5, 4], 2),
    ),
  ],
  maxPool: [
    useOf('2×2', (ops, [x]) => ops.maxPool(x, 2), randomArray([2, 3, 4, 5], 1)),
    useOf(
      '3×2, stride, dilation and uneven padding',
      (ops, [x]) => ops.maxPool(x, [3, 2], { stride: [2, 1], dilation: [1, 2], padding: [1, 0, 2, 1] }),
      randomArray([1, 2, 5, 6], 2, -2, -1),
    ),
    cornerOf('ties', (ops, [x]) => ops.maxPool(x, 2, { stride: 1 }), array([1, 1, 3, 3], [0, 0, 1, 0, 0, 1, 1, 0, 1])),
  ],
  gather: [
    useOf(
      'rows of a table, some several times',
      (ops, [table]) => ops.gather(table, ops.constant(array([2, 3], [0, 3, 3, 1, 0, 3])), 0),
      randomArray([4, 2], 1),
    ),
    useOf(
      'columns, at what is computed',
      (ops, [x, at]) => ops.gather(x, ops.floor(ops.mul(at, 3)), 2),
      randomArray([2, 1, 3, 2], 2),
      array([4], [0.1, 0.5, 0.9, 0.15]),
    ),
  ],
  scatterAdd: [
    useOf(
      'rows that meet',
      (ops, [x]) => ops.scatterAdd(x, ops.constant(array([3], [2, 0, 2])), 1, 4),
      randomArray([2, 3, 2], 1),
    ),
  ],
  gridSample: (['nearest', 'linear', 'cubic'] as const).flatMap((mode) =>
    (['zeros', 'border', 'reflection'] as const).flatMap((outside) =>
      [true, false].map((alignCorners) =>
        useOf(
          `${mode}, ${outside}, ${alignCorners ? 'corners' : 'edges'} aligned`,
          (ops, [x, grid]) => ops.gridSample(x, grid, { mode, outside, alignCorners }),
          randomArray([2, 2, 3, 3], 1),
          // Far enough from where one pixel's share begins and another's ends.
          array(
            [2, 2, 2, 2],
            [-0.93, 0.13, 0.31, -0.37, 0.87, 0.57, -1.17, 1.43, 0.03, -0.83, 2.11, -0.11, -0.47, 0.69, 1.07, -1.87],
          ),
        ),
      ),
    ),
  ),
  resize: [
    useOf(
      'bilinear',
      (ops, [x]) => ops.resize(x, 6, 8, { kind: 'linear', coordinates: 'half-pixel' }),
      randomArray([2, 3, 3, 4], 1),
    ),
    useOf(
      'bicubic, corners aligned',
      (ops, [x]) => ops.resize(x, 7, 3, { kind: 'cubic', coordinates: 'align-corners' }),
      randomArray([1, 2, 4, 5], 2),
    ),
  ],
  conv2d: [
    useOf(
      'stride 2, dilation 2, uneven padding, two groups',
      (ops, [x, k]) => ops.conv2d(x, k, { stride: [2, 1], dilation: [1, 2], padding: [1, 2, 0, 1], groups: 2 }),
      randomArray([2, 4, 5, 6], 11),
      randomArray([6, 2, 3, 2], 12),
    ),
    useOf(
      '3×3, padding 1',
      (ops, [x, k]) => ops.conv2d(x, k, { padding: 1 }),
      randomArray([2, 3, 5, 4], 1),
      randomArray([4, 3, 3, 3], 2),
    ),
    useOf(
      '3×3, no padding',
      (ops, [x, k]) => ops.conv2d(x, k),
      randomArray([1, 2, 4, 5], 1),
      randomArray([3, 2, 3, 3], 2),
    ),
    useOf('1×1', (ops, [x, k]) => ops.conv2d(x, k), randomArray([1, 5, 3, 2], 1), randomArray([2, 5, 1, 1], 2)),
    useOf(
      '5×5, padding 2, one channel',
      (ops, [x, k]) => ops.conv2d(x, k, { padding: 2 }),
      randomArray([1, 1, 6, 5], 1),
      randomArray([1, 1, 5, 5], 2),
    ),
    useOf(
      '3×2 taps, padding 1',
      (ops, [x, k]) => ops.conv2d(x, k, { padding: 1 }),
      randomArray([1, 2, 4, 4], 1),
      randomArray([2, 2, 3, 2], 2),
    ),
    useOf(
      'more padding than taps',
      (ops, [x, k]) => ops.conv2d(x, k, { padding: 2 }),
      randomArray([1, 2, 3, 3], 1),
      randomArray([2, 2, 2, 1], 2),
    ),
    useOf(
      'fewer outputs than inputs',
      (ops, [x, k]) => ops.conv2d(x, k, { padding: 1 }),
      randomArray([1, 6, 4, 4], 1),
      randomArray([2, 6, 3, 3], 2),
    ),
  ],

  reshape: [
    useOf('[2,6] → [3,4]', (ops, [x]) => ops.reshape(x, [3, 4]), randomArray([2, 6], 1)),
    useOf('[1,1] → scalar', (ops, [x]) => ops.reshape(x, []), randomArray([1, 1], 1)),
  ],
  transpose: [
    useOf('a matrix', (ops, [x]) => ops.transpose(x, [1, 0]), randomArray([2, 3], 1)),
    useOf('an image', (ops, [x]) => ops.transpose(x, [2, 0, 3, 1]), randomArray([2, 3, 4, 5], 1)),
    useOf('six axes', (ops, [x]) => ops.transpose(x, [5, 3, 0, 1, 4, 2]), randomArray([1, 2, 3, 2, 2, 3], 1)),
  ],
  concat: [
    useOf(
      'rows',
      (ops, parts) => ops.concat(parts, 0),
      randomArray([2, 3], 1),
      randomArray([1, 3], 2),
      randomArray([3, 3], 3),
    ),
    useOf('channels', (ops, parts) => ops.concat(parts, 1), randomArray([2, 1, 2, 2], 1), randomArray([2, 3, 2, 2], 2)),
    useOf('a single part', (ops, parts) => ops.concat(parts, 0), randomArray([2, 3], 1)),
    useOf('a part twice', (ops, [x]) => ops.concat([x, ops.square(x), x], 1), randomArray([2, 3], 1)),
  ],
  slice: [
    useOf('a window', (ops, [x]) => ops.slice(x, [1, 0, 2], [1, 2, 2]), randomArray([2, 2, 5], 1)),
    useOf('everything', (ops, [x]) => ops.slice(x, [0, 0], [2, 3]), randomArray([2, 3], 1)),
    useOf('a scalar', (ops, [x]) => ops.slice(x, [], []), randomArray([], 1)),
  ],
  pad: [
    useOf(
      'an image',
      (ops, [x]) =>
        ops.pad(x, [
          [0, 0],
          [0, 1],
          [2, 1],
          [1, 0],
        ]),
      randomArray([1, 2, 3, 2], 1),
    ),
    useOf('nothing', (ops, [x]) => ops.pad(x, [[0, 0]]), randomArray([3], 1)),
    useOf('a scalar', (ops, [x]) => ops.pad(x, []), randomArray([], 1)),
  ],
  broadcastTo: [
    useOf('a row', (ops, [x]) => ops.broadcastTo(x, [5, 3]), randomArray([3], 1)),
    useOf('a scalar', (ops, [x]) => ops.broadcastTo(x, [2, 2]), randomArray([], 1)),
    useOf(
      'inner axes, rank 6',
      (ops, [x]) => ops.broadcastTo(x, [2, 1, 2, 3, 2, 2]),
      randomArray([2, 1, 2, 1, 2, 1], 1),
    ),
    useOf('to its own shape', (ops, [x]) => ops.broadcastTo(x, [2, 3]), randomArray([2, 3], 1)),
  ],
  depthToSpace: [
    useOf('block 2', (ops, [x]) => ops.depthToSpace(x, 2), randomArray([2, 8, 2, 3], 1)),
    useOf('block 3', (ops, [x]) => ops.depthToSpace(x, 3), randomArray([1, 9, 2, 1], 1)),
    useOf('block 1', (ops, [x]) => ops.depthToSpace(x, 1), randomArray([1, 2, 2, 2], 1)),
  ],
  spaceToDepth: [
    useOf('block 2', (ops, [x]) => ops.spaceToDepth(x, 2), randomArray([2, 2, 4, 6], 1)),
    useOf('block 4', (ops, [x]) => ops.spaceToDepth(x, 4), randomArray([1, 1, 8, 4], 1)),
  ],
  upsampleNearest: [
    useOf('by 2', (ops, [x]) => ops.upsampleNearest(x, 2), randomArray([2, 2, 3, 2], 1)),
    useOf('by 3', (ops, [x]) => ops.upsampleNearest(x, 3), randomArray([1, 1, 1, 2], 1)),
  ],

  sum: [
    useOf('everything', (ops, [x]) => ops.sum(x), randomArray([2, 3, 2], 1)),
    useOf('the middle axis, kept', (ops, [x]) => ops.sum(x, { axes: [1], keepDims: true }), randomArray([2, 3, 2], 1)),
    useOf('outer axes', (ops, [x]) => ops.sum(x, { axes: [0, 2] }), randomArray([2, 3, 2], 1)),
    useOf('no axes', (ops, [x]) => ops.sum(x, { axes: [] }), randomArray([2, 3], 1)),
    useOf('a scalar', (ops, [x]) => ops.sum(x), randomArray([], 1)),
  ],
  mean: [
    useOf('everything', (ops, [x]) => ops.mean(x), randomArray([2, 3, 2], 1)),
    useOf('the last axis, kept', (ops, [x]) => ops.mean(x, { axes: [2], keepDims: true }), randomArray([2, 3, 2], 1)),
    useOf('axes out of order', (ops, [x]) => ops.mean(x, { axes: [2, 0] }), randomArray([2, 3, 2], 1)),
    useOf('no axes', (ops, [x]) => ops.mean(x, { axes: [] }), randomArray([2, 3], 1)),
  ],
  max: [
    useOf('everything', (ops, [x]) => ops.max(x), randomArray([2, 3, 2], 1)),
    useOf('the last axis, kept', (ops, [x]) => ops.max(x, { axes: [2], keepDims: true }), randomArray([2, 3, 2], 1)),
    useOf('no axes', (ops, [x]) => ops.max(x, { axes: [] }), randomArray([2, 3], 1)),
    cornerOf('ties', (ops, [x]) => ops.max(x, { axes: [1] }), array([2, 3], [1, 2, 2, 0, 0, 0])),
  ],
};

/** [operation, title, case] of every case, for `test.each`. */
export const ALL_OP_CASES = Object.entries(OP_CASES).flatMap(([op, cases]) =>
  cases.map((use) => [op, use.title, use] as const),
);

const inputName = (i: number): string => `x${i}`;

/** The inputs of a case by name. */
export const inputsOf = (use: OpCase): Record<string, NdArray> =>
  Object.fromEntries(use.inputs.map((input, i) => [inputName(i), input]));

/** `y`, and the scalar `loss` = Σ y ⊙ weights with weights of all sizes and signs, so that each entry of y counts. */
export function programOf(use: OpCase): Program {
  return (ops, inputs) => {
    const y = use.apply(
      ops,
      use.inputs.map((_, i) => inputs[inputName(i)]),
    );
    const weights = ops.constant(randomArray(ops.shapeOf(y), 99));
    return { y, loss: ops.sum(ops.mul(y, weights)) };
  };
}
