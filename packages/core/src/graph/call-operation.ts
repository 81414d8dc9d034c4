import { BINARY, type BinaryOp, type OpAttributes, type OpName, type Ops, UNARY, type UnaryOp } from '../ops/ops.js';

type Call<K extends OpName> = <T>(ops: Ops<T>, inputs: readonly T[], attributes: OpAttributes[K]) => T;

/** How a program calls an operation that a graph has. */
const calls: { readonly [K in Exclude<OpName, BinaryOp | UnaryOp>]: Call<K> } = {
  where: (ops, [condition, a, b]) => ops.where(condition, a, b),
  leakyRelu: (ops, [x], { slope }) => ops.leakyRelu(x, slope),
  pow: (ops, [x], { exponent }) => ops.pow(x, exponent),
  softmax: (ops, [x], { axis }) => ops.softmax(x, axis),
  matMul: (ops, [a, b], attributes) => ops.matMul(a, b, attributes),
  conv2d: (ops, [x, kernel], attributes) => ops.conv2d(x, kernel, attributes),
  convTranspose2d: (ops, [x, kernel], attributes) => ops.convTranspose2d(x, kernel, attributes),
  averagePool: (ops, [x], { size, ...rest }) => ops.averagePool(x, size, rest),
  maxPool: (ops, [x], { size, ...rest }) => ops.maxPool(x, size, rest),
  reshape: (ops, [x], { shape }) => ops.reshape(x, shape),
  transpose: (ops, [x], { permutation }) => ops.transpose(x, permutation),
  concat: (ops, parts, { axis }) => ops.concat(parts, axis),
  slice: (ops, [x], { begin, size }) => ops.slice(x, begin, size),
  pad: (ops, [x], { padding }) => ops.pad(x, padding),
  broadcastTo: (ops, [x], { shape }) => ops.broadcastTo(x, shape),
  depthToSpace: (ops, [x], { block }) => ops.depthToSpace(x, block),
  spaceToDepth: (ops, [x], { block }) => ops.spaceToDepth(x, block),
  upsampleNearest: (ops, [x], { scale }) => ops.upsampleNearest(x, scale),
  resize: (ops, [x], { height, width, method }) => ops.resize(x, height, width, method),
  gather: (ops, [x, indices], { axis }) => ops.gather(x, indices, axis),
  scatterAdd: (ops, [updates, indices], { axis, size }) => ops.scatterAdd(updates, indices, axis, size),
  gridSample: (ops, [x, grid], sampling) => ops.gridSample(x, grid, sampling),
  sum: (ops, [x], attributes) => ops.sum(x, attributes),
  mean: (ops, [x], attributes) => ops.mean(x, attributes),
  max: (ops, [x], attributes) => ops.max(x, attributes),
};

const isBinary = (op: OpName): op is BinaryOp => (BINARY as readonly OpName[]).includes(op);
const isUnary = (op: OpName): op is UnaryOp => (UNARY as readonly OpName[]).includes(op);

/** Calls an operation by its name, with its attributes as they are. */
export function callOperation<T, K extends OpName>(
  ops: Ops<T>,
  op: K,
  inputs: readonly T[],
  attributes: OpAttributes[K],
): T {
  if (isBinary(op)) return ops[op](inputs[0], inputs[1]);
  if (isUnary(op)) return ops[op](inputs[0]);
  return (calls[op as Exclude<OpName, BinaryOp | UnaryOp>] as Call<OpName>)(ops, inputs, attributes);
}
