import { sizeOf } from '@xinc/core';
import { type NodeReader, type Rule, tensor } from '../values.js';

/** An attribute of our own: the weight was turned to [out, in] as it was read. */
export const TRANSPOSED = 'xinc.transposed';

const gemm: Rule = (node) => {
  const { ops } = node;
  const alpha = node.number('alpha', 1);
  const beta = node.number('beta', 1);
  const product = ops.matMul(node.tensor(0), node.tensor(1), {
    transposeA: node.number('transA', 0) !== 0,
    transposeB: node.number('transB', 0) !== 0,
  });
  const z = alpha === 1 ? product : ops.mul(product, alpha);
  if (!node.has(2)) return [tensor(z)];
  return [tensor(ops.add(z, beta === 1 ? node.tensor(2) : ops.mul(node.tensor(2), beta)))];
};

const matMul: Rule = (node) => {
  const { ops } = node;
  const [a, b] = [node.shape(0), node.shape(1)];
  const transposeB = node.number(TRANSPOSED, 0) !== 0;
  if (a.length === b.length) return [tensor(ops.matMul(node.tensor(0), node.tensor(1), { transposeB }))];
  if (b.length !== 2) throw node.refuse(`it multiplies arrays of ${a.join('×')} and ${b.join('×')}`);
  // One matrix for all leading axes: they are rows.
  const rows = ops.reshape(node.tensor(0), [sizeOf(a.slice(0, -1)), a[a.length - 1]]);
  const product = ops.matMul(rows, node.tensor(1), { transposeB });
  return [tensor(ops.reshape(product, [...a.slice(0, -1), transposeB ? b[0] : b[1]]))];
};

/** (x − mean) / √(variance + ε) over some axes, times a scale and with a shift per channel. */
function normalise<T>(
  node: NodeReader<T>,
  x: T,
  axes: readonly number[],
  scale: T | undefined,
  shift: T | undefined,
): T {
  const { ops } = node;
  const centred = ops.sub(x, ops.mean(x, { axes, keepDims: true }));
  const variance = ops.mean(ops.square(centred), { axes, keepDims: true });
  const unit = ops.div(centred, ops.sqrt(ops.add(variance, node.number('epsilon', 1e-5))));
  const scaled = scale === undefined ? unit : ops.mul(unit, scale);
  return shift === undefined ? scaled : ops.add(scaled, shift);
}

/** [C] as [1, C, 1, …] */
function perChannel<T>(node: NodeReader<T>, index: number, rank: number): T {
  const x = node.tensor(index);
  return node.ops.reshape(x, [1, sizeOf(node.ops.shapeOf(x)), ...Array<number>(rank - 2).fill(1)]);
}

const behind = (first: number, rank: number) => Array.from({ length: rank - first }, (_, i) => first + i);

export const products: Readonly<Record<string, Rule>> = {
  Gemm: gemm,
  MatMul: matMul,
  LayerNormalization: (node) => {
    const rank = node.shape(0).length;
    const first = node.axis(node.number('axis', -1), rank);
    const x = node.tensor(0);
    return [tensor(normalise(node, x, behind(first, rank), node.tensor(1), node.has(2) ? node.tensor(2) : undefined))];
  },
  InstanceNormalization: (node) => {
    const rank = node.shape(0).length;
    return [
      tensor(normalise(node, node.tensor(0), behind(2, rank), perChannel(node, 1, rank), perChannel(node, 2, rank))),
    ];
  },
  GroupNormalization: (node) => {
    const shape = node.shape(0);
    const [n, c, ...rest] = shape;
    const groups = node.number('num_groups', 1);
    const grouped = node.ops.reshape(node.tensor(0), [n, groups, c / groups, ...rest]);
    const unit = node.ops.reshape(normalise(node, grouped, behind(2, shape.length + 1), undefined, undefined), shape);
    const scaled = node.ops.mul(unit, perChannel(node, 1, shape.length));
    return [tensor(node.ops.add(scaled, perChannel(node, 2, shape.length)))];
  },
  // As a network that is run: with the means and variances that training left.
  BatchNormalization: (node) => {
    const { ops } = node;
    const rank = node.shape(0).length;
    const [scale, shift, mean, variance] = [1, 2, 3, 4].map((index) => perChannel(node, index, rank));
    const factor = ops.div(scale, ops.sqrt(ops.add(variance, node.number('epsilon', 1e-5))));
    return [tensor(ops.add(ops.mul(ops.sub(node.tensor(0), mean), factor), shift))];
  },
  ReduceMean: (node) => reduce(node, 'mean'),
  ReduceSum: (node) => reduce(node, 'sum'),
};

function reduce<T>(node: NodeReader<T>, op: 'mean' | 'sum') {
  const rank = node.shape(0).length;
  const given = node.has(1) ? node.numbers(1) : node.integers('axes');
  const axes = given && given.length > 0 ? given.map((axis) => node.axis(axis, rank)) : behind(0, rank);
  return [tensor(node.ops[op](node.tensor(0), { axes, keepDims: node.number('keepdims', 1) !== 0 }))];
}
