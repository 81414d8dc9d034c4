import {
  batchNorm,
  groupNorm,
  layerNorm,
  type Ops,
  perChannel,
  rmsNorm,
  type Shape,
  sameShape,
  sizeOf,
} from '@xinc/core';
import { type NodeReader, numbers, type Rule, tensor, type Value } from '../values.js';
import { einsum } from './einsum.js';
import { truncated } from './elementwise.js';

/** An attribute of our own: the weight was turned to [out, in] as it was read. */
export const TRANSPOSED = 'xinc.transposed';

const gemm: Rule = (node) => {
  const { ops } = node;
  const alpha = node.number('alpha', 1);
  const beta = node.number('beta', 1);
  // Rows of values, as a layer has them: turned around before, not as they are multiplied.
  const turned = node.number('transA', 0) !== 0;
  const rows = turned ? ops.transpose(node.tensor(0), [1, 0]) : node.tensor(0);
  const product = ops.matMul(rows, node.tensor(1), { transposeB: node.number('transB', 0) !== 0 });
  const z = alpha === 1 ? product : ops.mul(product, alpha);
  if (!node.has(2)) return [tensor(z)];
  return [tensor(ops.add(z, beta === 1 ? node.tensor(2) : ops.mul(node.tensor(2), beta)))];
};

/** Leading axes of two stacks of matrices, spread out to each other. */
function broadcastLead<T>(node: NodeReader<T>, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [m, n] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1];
    if (m !== n && m !== 1 && n !== 1)
      throw node.refuse(`stacks of ${a.join('×')} and ${b.join('×')} matrices do not fit`);
    return m === 1 ? n : m;
  });
}

/** A vector is a matrix of one row, or of one column, whose axis is left out of the product. */
const matMul: Rule = (node) => {
  const { ops } = node;
  const [a, b] = [node.shape(0), node.shape(1)];
  if (a.length === 0 || b.length === 0) throw node.refuse('it multiplies single numbers as matrices');
  const [left, right] = [node.tensor(0), node.tensor(1)];
  const product = matrixProduct(
    node,
    a.length === 1 ? ops.reshape(left, [1, ...a]) : left,
    b.length === 1 ? ops.reshape(right, [...b, 1]) : right,
  );
  if (a.length > 1 && b.length > 1) return [tensor(product, node.commonType())];
  const shape = ops.shapeOf(product);
  const kept = shape.filter((_, axis) => {
    return !((a.length === 1 && axis === shape.length - 2) || (b.length === 1 && axis === shape.length - 1));
  });
  return [tensor(ops.reshape(product, kept), node.commonType())];
};

function matrixProduct<T>(node: NodeReader<T>, x: T, y: T): T {
  const { ops } = node;
  const [a, b] = [ops.shapeOf(x), ops.shapeOf(y)];
  const transposeB = node.number(TRANSPOSED, 0) !== 0;
  const [leftLead, rightLead] = [a.slice(0, -2), b.slice(0, -2)];
  if (sameShape(leftLead, rightLead)) return ops.matMul(x, y, { transposeB });
  if (b.length !== 2) {
    const lead = broadcastLead(node, leftLead, rightLead);
    const left = ops.broadcastTo(x, [...lead, ...a.slice(-2)]);
    const right = ops.broadcastTo(y, [...lead, ...b.slice(-2)]);
    return ops.matMul(left, right, { transposeB });
  }
  // One matrix for all leading axes: they are rows.
  const rows = ops.reshape(x, [sizeOf(a.slice(0, -1)), a[a.length - 1]]);
  const product = ops.matMul(rows, y, { transposeB });
  return ops.reshape(product, [...a.slice(0, -1), transposeB ? b[0] : b[1]]);
}

const behind = (first: number, rank: number) => Array.from({ length: rank - first }, (_, i) => first + i);

/** Times a scale and with a shift, where the file has them. */
function scaled<T>(node: NodeReader<T>, x: T, scale: T | undefined, shift: T | undefined): T {
  const { ops } = node;
  const times = scale === undefined ? x : ops.mul(x, scale);
  return shift === undefined ? times : ops.add(times, shift);
}

const optional = <T>(node: NodeReader<T>, index: number): T | undefined =>
  node.has(index) ? node.tensor(index) : undefined;

/** Scale and shift [C] of channels; before opset 21 a group normalisation has one of each a group. */
function ofChannels<T>(node: NodeReader<T>, index: number): T {
  const { ops } = node;
  const shape = node.shape(0);
  const [, channels] = shape;
  const values = node.tensor(index);
  const count = sizeOf(ops.shapeOf(values));
  if (count === channels) return perChannel(ops, values, shape);
  if (channels % count !== 0) throw node.refuse(`it has ${count} scales for ${channels} channels`);
  const each = ops.broadcastTo(ops.reshape(values, [count, 1]), [count, channels / count]);
  return perChannel(ops, each, shape);
}

/** Channels are the second axis. */
function requireChannels<T>(node: NodeReader<T>): void {
  const shape = node.shape(0);
  if (shape.length < 2) throw node.refuse(`it reads an array of ${shape.join('×')}, not channels [N, C, …]`);
}

const groupNormalization =
  (groupsOf: <T>(node: NodeReader<T>) => number): Rule =>
  (node) => {
    requireChannels(node);
    const [, channels] = node.shape(0);
    const groups = groupsOf(node);
    if (!(groups >= 1) || channels % groups !== 0)
      throw node.refuse(`its ${channels} channels are no multiple of ${groups} groups`);
    const unit = groupNorm(node.ops, node.tensor(0), groups, node.number('epsilon', 1e-5));
    return [tensor(scaled(node, unit, ofChannels(node, 1), ofChannels(node, 2)))];
  };

/**
 * A group normalisation as PyTorch's exporters write it: [N, C, …] seen as [N, groups, −1], normalised, and seen as [N, C, …]
 * again. Where rows and columns lie is kept.
 */
function ofGroups<T>(node: NodeReader<T>): readonly Value<T>[] | undefined {
  const { ops } = node;
  const before = node.before(0);
  const [shape, [n, groups, ...rest]] = [before === undefined ? [] : ops.shapeOf(before), node.shape(0)];
  if (before === undefined || rest.length !== 1 || shape.length < 3 || shape[0] !== n || shape[1] % groups !== 0) {
    return undefined;
  }
  const unit = groupNorm(ops, before, groups, node.number('epsilon', 1e-5));
  const perGroup = (index: number) => {
    const each = ops.broadcastTo(ops.reshape(node.tensor(index), [groups, 1]), [groups, shape[1] / groups]);
    return perChannel(ops, each, shape);
  };
  const normalised = scaled(node, unit, perGroup(1), perGroup(2));
  return [tensor(ops.reshape(normalised, node.shape(0)), undefined, normalised)];
}

/** Along an axis; before opset 13 along that axis and all behind it. */
function softmaxOf<T>(node: NodeReader<T>): T {
  const { ops } = node;
  const shape = node.shape(0);
  if (node.opset >= 13) return ops.softmax(node.tensor(0), node.axis(node.number('axis', -1), shape.length));
  const axis = node.axis(node.number('axis', 1), shape.length);
  const rows = ops.reshape(node.tensor(0), [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))]);
  return ops.reshape(ops.softmax(rows, 1), shape);
}

/** Axes that are added up, and whether they stay as axes of one. */
function reduction<T>(node: NodeReader<T>) {
  const rank = node.shape(0).length;
  const given = node.has(1) ? node.numbers(1) : node.integers('axes');
  const none = node.number('noop_with_empty_axes', 0) !== 0 ? [] : behind(0, rank);
  const axes = given && given.length > 0 ? given.map((axis) => node.axis(axis, rank)) : none;
  return { axes, keepDims: node.number('keepdims', 1) !== 0 };
}

type Reduction = <T>(ops: Ops<T>, x: T, over: { axes: readonly number[]; keepDims: boolean }) => T;

/** A reduction over axes; one of whole numbers gives a whole one. */
const reduced =
  (apply: Reduction): Rule =>
  (node) => {
    const result = apply(node.ops, node.tensor(0), reduction(node));
    return [node.type(0) === undefined ? tensor(result) : tensor(truncated(node.ops, result), 'integer')];
  };

/** The product of numbers that are known, as of an array's extents. */
const reducedProduct: Rule = (node) => {
  if (!node.isStatic(0) || node.shape(0).length > 1) throw node.refuse('it multiplies what the network computes');
  const { values, floats } = node.static(0);
  const { keepDims } = reduction(node);
  const product = values.reduce((all, value) => all * value, 1);
  return [numbers(keepDims ? node.shape(0).map(() => 1) : [], [product], floats)];
};

export const products: Readonly<Record<string, Rule>> = {
  Gemm: gemm,
  MatMul: matMul,
  Einsum: einsum,
  Softmax: (node) => [tensor(softmaxOf(node))],
  LogSoftmax: (node) => [tensor(node.ops.log(softmaxOf(node)))],
  LayerNormalization: (node) => {
    const axis = node.axis(node.number('axis', -1), node.shape(0).length);
    const unit = layerNorm(node.ops, node.tensor(0), axis, node.number('epsilon', 1e-5));
    return [tensor(scaled(node, unit, node.tensor(1), optional(node, 2)))];
  },
  RMSNormalization: (node) => {
    const axis = node.axis(node.number('axis', -1), node.shape(0).length);
    const unit = rmsNorm(node.ops, node.tensor(0), axis, node.number('epsilon', 1e-5));
    return [tensor(scaled(node, unit, node.tensor(1), undefined))];
  },
  InstanceNormalization: (node) => ofGroups(node) ?? groupNormalization((each) => each.shape(0)[1])(node),
  GroupNormalization: groupNormalization((node) => node.number('num_groups', 1)),
  BatchNormalization: (node) => {
    requireChannels(node);
    if (node.number('training_mode', 0) !== 0)
      throw node.refuse('it is as in training: export the network after eval()');
    const [scale, shift, mean, variance] = [1, 2, 3, 4].map((index) => node.tensor(index));
    const epsilon = node.number('epsilon', 1e-5);
    return [tensor(batchNorm(node.ops, node.tensor(0), { scale, shift, mean, variance }, epsilon))];
  },
  // What is divided by is the standard deviation + 1e-9, not the root of the variance + 1e-9.
  MeanVarianceNormalization: (node) => {
    const { ops } = node;
    const axes = (node.integers('axes') ?? [0, 2, 3]).map((axis) => node.axis(axis, node.shape(0).length));
    const over = { axes, keepDims: true };
    const centred = ops.sub(node.tensor(0), ops.mean(node.tensor(0), over));
    const deviation = ops.sqrt(ops.mean(ops.square(centred), over));
    return [tensor(ops.div(centred, ops.add(deviation, 1e-9)))];
  },
  LpNormalization: (node) => {
    const { ops } = node;
    const x = node.tensor(0);
    const over = { axes: [node.axis(node.number('axis', -1), node.shape(0).length)], keepDims: true };
    const first = node.number('p', 2) === 1;
    return [tensor(ops.div(x, first ? ops.sum(ops.abs(x), over) : ops.sqrt(ops.sum(ops.square(x), over))))];
  },
  ReduceMean: reduced((ops, x, over) => ops.mean(x, over)),
  ReduceSum: reduced((ops, x, over) => ops.sum(x, over)),
  ReduceMax: reduced((ops, x, over) => ops.max(x, over)),
  ReduceMin: reduced((ops, x, over) => ops.neg(ops.max(ops.neg(x), over))),
  ReduceL1: reduced((ops, x, over) => ops.sum(ops.abs(x), over)),
  ReduceL2: reduced((ops, x, over) => ops.sqrt(ops.sum(ops.square(x), over))),
  ReduceSumSquare: reduced((ops, x, over) => ops.sum(ops.square(x), over)),
  ReduceLogSum: reduced((ops, x, over) => ops.log(ops.sum(x, over))),
  ReduceLogSumExp: reduced((ops, x, over) => {
    const largest = ops.max(x, { ...over, keepDims: true });
    const sum = ops.sum(ops.exp(ops.sub(x, largest)), over);
    return ops.add(ops.log(sum), ops.reshape(largest, ops.shapeOf(sum)));
  }),
  ReduceProd: reducedProduct,
};
