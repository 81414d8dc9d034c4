import { type Shape, sameShape, sizeOf } from '@xinc/core';
import { isPlain, liesAs, pixelStrides, plainStrides, type Value } from './layouts.js';
import { MissingOperation } from './missing-operation.js';
import type { Planner } from './plan.js';
import type { BinaryKind, Geometry, UnaryKind } from './primitives.js';
import type { StepAttributes, StepOp, StepOperation } from './step-graph.js';

type Rule<K extends StepOp> = (planner: Planner, node: StepOperation<K>, place: number) => Value;

const binary =
  (kind: BinaryKind): Rule<StepOp> =>
  (planner, node, place) =>
    planBinary(planner, kind, node.inputs, place);

const unary =
  (kind: UnaryKind, alpha = 0, beta = 0): Rule<StepOp> =>
  (planner, { inputs: [x] }, place) =>
    planUnary(planner, kind, x, place, alpha, beta);

/** The operations that oneDNN has, each as its calls. What is not here it does not have, or not as exactly. */
const rules: { readonly [K in StepOp]?: Rule<K> } = {
  add: (planner, node, place) => withNumber(planner, node, place, (number) => [1, number]),
  sub: (planner, node, place) =>
    withNumber(planner, node, place, (number, isFirst) => (isFirst ? [-1, number] : [1, -number])),
  mul: (planner, node, place) => withNumber(planner, node, place, (number) => [number, 0]),
  div: binary('div'),
  maximum: binary('maximum'),
  minimum: binary('minimum'),
  greater: binary('greater'),
  greaterEqual: binary('greaterEqual'),
  equal: binary('equal'),
  neg: unary('linear', -1),
  abs: unary('abs'),
  exp: unary('exp'),
  sqrt: unary('sqrt'),
  square: unary('square'),
  tanh: unary('tanh'),
  sigmoid: unary('sigmoid'),
  relu: unary('relu'),
  leakyRelu: (planner, { inputs: [x], attributes: { slope } }, place) => planUnary(planner, 'relu', x, place, slope),
  pow: (planner, { inputs: [x], attributes: { exponent } }, place) =>
    planUnary(planner, 'pow', x, place, 1, exponent),
  gelu: unary('gelu'),
  silu: unary('silu', 1),
  geluGradient: (planner, node, place) => planGradient(planner, 'gelu', node.inputs, place),
  reluGradient: (planner, node, place) => planGradient(planner, 'relu', node.inputs, place),

  matMul: planMatMul,
  conv2d: planConvolution,
  inputGradient: planInputGradient,
  kernelGradient: planKernelGradient,

  reshape(planner, { inputs: [x], shape }) {
    return { block: planner.plain(x).block, dims: shape, strides: plainStrides(shape) };
  },
  transpose(planner, { inputs: [x], attributes: { permutation }, shape }, place) {
    const { block, strides } = planner.value(x);
    const turned = { block, dims: shape, strides: permutation.map((axis) => strides[axis]) };
    // A matrix product reads either; anything else has it copied.
    if (shape.length === 2) return turned;
    const result = planner.result(place, plainStrides(shape));
    planner.copy(turned, result);
    return result;
  },
  concat(planner, { inputs, attributes: { axis } }, place) {
    const strides = stridesFor(planner, inputs, place);
    const result = planner.result(place, strides);
    let offset = 0;
    for (const input of inputs) {
      const part = planner.value(input);
      planner.copy(part, { ...part, block: result.block, strides }, { to: offset * strides[axis] });
      offset += part.dims[axis];
    }
    return result;
  },
  slice(planner, { inputs: [x], attributes: { begin } }, place) {
    const value = planner.value(x);
    const { dims, ...result } = planner.result(place, stridesFor(planner, [x], place));
    const from = begin.reduce((sum, first, axis) => sum + first * value.strides[axis], 0);
    planner.copy({ ...value, dims }, { ...result, dims }, { from });
    return { ...result, dims };
  },
  pad(planner, { inputs: [x], attributes: { padding }, shape }) {
    // The zeros around stay from run to run.
    const result = planner.kept(new Float32Array(sizeOf(shape)), shape);
    const value = planner.value(x);
    const to = padding.reduce((sum, [before], axis) => sum + before * result.strides[axis], 0);
    planner.copy(value, { ...result, dims: value.dims }, { to });
    return result;
  },
  broadcastTo: (planner, { inputs: [x], shape }, place) => spread(planner, x, shape, planner.result(place, plainStrides(shape))),
  depthToSpace: (planner, { inputs: [x], attributes: { block } }, place) => {
    const result = planner.result(place, pixelStrides(planner.shape(place)));
    shuffle(planner, block, planner.pixels(x), result, true);
    return result;
  },
  spaceToDepth: (planner, { inputs: [x], attributes: { block } }, place) => {
    const result = planner.result(place, pixelStrides(planner.shape(place)));
    shuffle(planner, block, result, planner.pixels(x), false);
    return result;
  },

  sum: (planner, { inputs: [x], attributes: { axes } }, place) => planSums(planner, x, axes, place, 1),
  mean: (planner, { inputs: [x], attributes: { axes } }, place) =>
    planSums(planner, x, axes, place, sizeOf(planner.shape(place)) / sizeOf(planner.shape(x))),
};

/** @throws MissingOperation */
export function planOperation<K extends StepOp>(planner: Planner, node: StepOperation<K>, place: number): Value {
  const rule = rules[node.op] as Rule<K> | undefined;
  if (!rule) throw new MissingOperation(node.op);
  return rule(planner, node, place);
}

/** How a result lies that is made value by value: as a picture whose channels lie together, if one of its operands does. */
function stridesFor(planner: Planner, inputs: readonly number[], place: number): readonly number[] {
  const shape = planner.shape(place);
  const isPicture = inputs.some((input) => {
    if (planner.number(input) !== undefined || planner.shape(input).length !== 4) return false;
    const value = planner.value(input);
    return !isPlain(value) && liesAs(value, pixelStrides(value.dims));
  });
  return shape.length === 4 && isPicture ? pixelStrides(shape) : plainStrides(shape);
}

/** The same elements in one row, for what is done to each alone. */
function inARow(value: Value): Value {
  const size = sizeOf(value.dims);
  return { block: value.block, dims: [1, size], strides: [size, 1] };
}

function planUnary(planner: Planner, kind: UnaryKind, x: number, place: number, alpha = 0, beta = 0): Value {
  const strides = stridesFor(planner, [x], place);
  const source = inARow(planner.lying(x, strides));
  const result = planner.result(place, strides, [x]);
  planner.call(planner.primitives.unary(kind, planner.layout(source), alpha, beta), {
    source: planner.memory(source),
    result: planner.memory(inARow(result)),
  });
  return result;
}

/** @param linear what is left of the operation where one operand is a number: factor and summand of the other */
function withNumber(
  planner: Planner,
  node: StepOperation<'add' | 'sub' | 'mul'>,
  place: number,
  linear: (number: number, isFirst: boolean) => [number, number],
): Value {
  const [first, second] = node.inputs;
  const [a, b] = [planner.number(first), planner.number(second)];
  const size = sizeOf(node.shape);
  if (b !== undefined && sizeOf(planner.shape(first)) === size) {
    return planUnary(planner, 'linear', first, place, ...linear(b, false));
  }
  if (a !== undefined && sizeOf(planner.shape(second)) === size) {
    return planUnary(planner, 'linear', second, place, ...linear(a, true));
  }
  return planBinary(planner, node.op, node.inputs, place);
}

const COMMUTATIVE: ReadonlySet<BinaryKind> = new Set(['add', 'mul', 'equal']);

function planBinary(planner: Planner, kind: BinaryKind, inputs: readonly number[], place: number): Value {
  const shape = planner.shape(place);
  const strides = stridesFor(planner, inputs, place);
  const isWhole = (input: number) => sameShape(planner.shape(input), shape);
  let [first, second] = inputs;
  if (!isWhole(first) && isWhole(second) && COMMUTATIVE.has(kind)) [first, second] = [second, first];
  // The library repeats its second operand alone.
  const left = isWhole(first)
    ? planner.lying(first, strides)
    : spread(planner, first, shape, { ...planner.scratch(shape), strides });
  if (isWhole(second)) {
    const right = planner.lying(second, strides);
    const over = COMMUTATIVE.has(kind) ? [first, second] : [first];
    const result = planner.result(place, strides, over.filter(isWhole));
    // Memory that is written over is the first operand's.
    const [a, b] = result.block === right.block ? [right, left] : [left, right];
    return combine(planner, kind, [inARow(a), inARow(b), inARow(result)], result);
  }
  const result = planner.result(place, strides, isWhole(first) ? [first] : []);
  if (sizeOf(planner.shape(second)) === 1) {
    const one = { ...planner.value(second), dims: [1, 1], strides: [1, 1] };
    return combine(planner, kind, [inARow(left), one, inARow(result)], result);
  }
  return combine(planner, kind, [left, withRank(planner.plain(second), shape.length), result], result);
}

function combine(planner: Planner, kind: BinaryKind, [first, second, into]: readonly Value[], result: Value): Value {
  const operation = planner.primitives.binary(kind, planner.layout(first), planner.layout(second), planner.layout(into));
  planner.call(operation, {
    source: planner.memory(first),
    secondSource: planner.memory(second),
    result: planner.memory(into),
  });
  return result;
}

/** A value repeated to a shape, as a product with ones. */
function spread(planner: Planner, x: number, shape: Shape, result: Value): Value {
  const ones = { ...planner.kept(new Float32Array(sizeOf(shape)).fill(1), shape), strides: result.strides };
  return combine(planner, 'mul', [ones, withRank(planner.plain(x), shape.length), result], result);
}

/** Axes of one element before the others. */
function withRank({ block, dims, strides }: Value, rank: number): Value {
  const more = rank - dims.length;
  return {
    block,
    dims: [...Array<number>(more).fill(1), ...dims],
    strides: [...Array<number>(more).fill(sizeOf(dims)), ...strides],
  };
}

/** @param inputs where the slope is taken, and the gradient */
function planGradient(planner: Planner, kind: UnaryKind, [x, gradient]: readonly number[], place: number): Value {
  const strides = stridesFor(planner, [x, gradient], place);
  const at = inARow(planner.lying(x, strides));
  const from = inARow(planner.lying(gradient, strides));
  const result = planner.result(place, strides, [gradient]);
  planner.call(planner.primitives.unaryGradient(kind, planner.layout(at)), {
    source: planner.memory(at),
    resultGradient: planner.memory(from),
    sourceGradient: planner.memory(inARow(result)),
  });
  return result;
}

function planMatMul(planner: Planner, node: StepOperation<'matMul'>, place: number): Value {
  const [a, b, bias] = node.inputs;
  const { transposeA, transposeB } = node.attributes;
  const rank = node.shape.length;
  const source = matrix(planner, a, transposeA);
  const weights = matrix(planner, b, transposeB);
  const relu = planner.joinRelu(place);
  const result = planner.result(place, plainStrides(node.shape));
  const summand = bias === undefined ? null : withRank(planner.plain(bias), rank);
  const operation = planner.primitives.matMul(
    planner.layout(source),
    planner.layout(weights),
    summand && planner.layout(summand),
    planner.layout(result),
    relu,
  );
  planner.call(operation, {
    source: planner.memory(source),
    weights: planner.memory(weights),
    ...(summand && { bias: planner.memory(summand) }),
    result: planner.memory(result),
  });
  return result;
}

/** An operand of a matrix product as it is read: of its last two axes, elements must be neighbours along one. */
function matrix(planner: Planner, place: number, isTransposed: boolean): Value {
  const value = planner.shape(place).length === 2 ? planner.value(place) : planner.plain(place);
  const { block, dims, strides } = value;
  if (!isTransposed) return value;
  const swap = <T>(all: readonly T[]): T[] => [...all.slice(0, -2), all[all.length - 1], all[all.length - 2]];
  return { block, dims: swap(dims), strides: swap(strides) };
}

interface PlannedKernel {
  /** [O, C/groups, k, l], or with the groups as an axis before these. */
  readonly plain: Value;
  /** The same, as the library may choose it to lie. */
  readonly any: ReturnType<Planner['layout']>;
}

function kernelOf(planner: Planner, kernel: Value, groups: number): PlannedKernel {
  const [out, ...others] = kernel.dims;
  const dims = groups === 1 ? kernel.dims : [groups, out / groups, ...others];
  return {
    plain: { block: kernel.block, dims, strides: plainStrides(dims) },
    any: planner.primitives.layout({ dims, strides: 'any' }),
  };
}

function geometryOf({ padding: [top, left, bottom, right], stride, dilation }: StepAttributes['conv2d']): Geometry {
  return { strides: stride, dilations: dilation.map((d) => d - 1), before: [top, left], after: [bottom, right] };
}

/** How a picture lies for a convolution. */
const picture = (planner: Planner, dims: Shape) => planner.layout({ dims, strides: pixelStrides(dims) });

/** A kernel in the library's own order, until the operation is planned. */
function arranged(planner: Planner, kernel: Value, wanted: ReturnType<Planner['layout']>) {
  const memory = planner.scratchMemory(wanted);
  planner.call(planner.primitives.reorder(planner.layout(kernel), wanted), {
    source: planner.memory(kernel),
    result: memory,
  });
  return memory;
}

function planConvolution(planner: Planner, node: StepOperation<'conv2d'>, place: number): Value {
  const [x, k, bias] = node.inputs;
  const { attributes, shape } = node;
  const source = planner.pixels(x);
  const kernel = kernelOf(planner, planner.plain(k), attributes.groups);
  const summand = bias === undefined ? null : planner.plain(bias);
  const result = planner.result(place, pixelStrides(shape));
  const operation = planner.primitives.convolution(
    planner.layout(source),
    kernel.any,
    summand && planner.layout(summand),
    picture(planner, shape),
    geometryOf(attributes),
  );
  planner.call(operation, {
    source: planner.memory(source),
    weights: arranged(planner, kernel.plain, planner.primitives.weightsOf(operation)),
    ...(summand && { bias: planner.memory(summand) }),
    result: planner.memory(result),
  });
  return result;
}

function planInputGradient(planner: Planner, node: StepOperation<'inputGradient'>, place: number): Value {
  const [k, y] = node.inputs;
  const { attributes, shape } = node;
  const gradient = planner.pixels(y);
  const kernel = kernelOf(planner, planner.plain(k), attributes.groups);
  const result = planner.result(place, pixelStrides(shape));
  const [layout, of, geometry] = [picture(planner, shape), planner.layout(gradient), geometryOf(attributes)];
  const forward = planner.primitives.convolution(layout, kernel.any, null, of, geometry);
  const operation = planner.primitives.convolutionSource(layout, kernel.any, of, geometry, forward);
  planner.call(operation, {
    resultGradient: planner.memory(gradient),
    weights: arranged(planner, kernel.plain, planner.primitives.weightsOf(operation)),
    sourceGradient: planner.memory(result),
  });
  return result;
}

function planKernelGradient(planner: Planner, node: StepOperation<'kernelGradient'>, place: number): Value {
  const [x, y] = node.inputs;
  const { attributes, shape } = node;
  const [source, gradient] = [planner.pixels(x), planner.pixels(y)];
  const result = planner.result(place, plainStrides(shape));
  const kernel = kernelOf(planner, result, attributes.groups);
  const [layout, of, geometry] = [planner.layout(source), planner.layout(gradient), geometryOf(attributes)];
  const forward = planner.primitives.convolution(layout, kernel.any, null, of, geometry);
  const operation = planner.primitives.convolutionWeights(layout, kernel.any, of, geometry, forward);
  const lies = planner.primitives.weightsOf(operation, true);
  const memory = planner.scratchMemory(lies);
  planner.call(operation, {
    source: planner.memory(source),
    resultGradient: planner.memory(gradient),
    weightsGradient: memory,
  });
  planner.call(planner.primitives.reorder(lies, planner.layout(kernel.plain)), {
    source: memory,
    result: planner.memory(kernel.plain),
  });
  return result;
}

/** Channels to the pixels of a cell or back, as one copy of six axes: picture, channel, row and column in a cell, row and column of it. */
function shuffle(planner: Planner, block: number, deep: Value, wide: Value, toWide: boolean): void {
  const [n, channels, rows, columns] = deep.dims;
  const dims = [n, channels / block ** 2, block, block, rows, columns];
  const [picture, channel, row, column] = deep.strides;
  const small = { block: deep.block, dims, strides: [picture, channel * block ** 2, channel * block, channel, row, column] };
  const [p, c, r, l] = wide.strides;
  const large = { block: wide.block, dims, strides: [p, c, r, l, r * block, l * block] };
  if (toWide) planner.copy(small, large);
  else planner.copy(large, small);
}

/** Sums times a factor, as products with a vector of it, which the library shares out among threads, or as its own reduction. */
function planSums(planner: Planner, x: number, axes: readonly number[], place: number, factor: number): Value {
  const shape = planner.shape(x);
  const all = axes.length === shape.length;
  const ofChannels = shape.length === 4 && String(axes) === '0,2,3';
  const leading = Math.max(...axes) === axes.length - 1;
  const trailing = Math.min(...axes) === shape.length - axes.length;
  const result = planner.result(place, plainStrides(planner.shape(place)));
  const size = sizeOf(shape);
  if (all) {
    // In two steps, so that no sum is of all values one after the other.
    const columns = shape.at(-1) ?? 1;
    const partial = planner.scratch([1, columns]);
    productWith(planner, 1, { ...planner.value(x), ...rowsOf(size / columns, columns) }, partial, true);
    productWith(planner, factor, partial, { ...result, ...rowsOf(1, 1) }, false);
    return result;
  }
  if (ofChannels || leading) {
    const value = ofChannels ? planner.pixels(x) : planner.plain(x);
    const columns = sizeOf(result.dims);
    productWith(planner, factor, { ...value, ...rowsOf(size / columns, columns) }, { ...result, ...rowsOf(1, columns) }, true);
    return result;
  }
  if (trailing) {
    const rows = sizeOf(result.dims);
    productWith(planner, factor, { ...planner.plain(x), ...rowsOf(rows, size / rows) }, { ...result, ...rowsOf(rows, 1) }, false);
    return result;
  }
  const source = planner.plain(x);
  const dims = shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  const sums = { block: result.block, dims, strides: plainStrides(dims) };
  planner.call(planner.primitives.sums(planner.layout(source), planner.layout(sums)), {
    source: planner.memory(source),
    result: planner.memory(sums),
  });
  if (factor === 1) return result;
  const row = inARow(result);
  planner.call(planner.primitives.unary('linear', planner.layout(row), factor, 0), {
    source: planner.memory(row),
    result: planner.memory(row),
  });
  return result;
}

const rowsOf = (rows: number, columns: number) => ({ dims: [rows, columns], strides: [columns, 1] });

/** Sums of a matrix's columns (`down`) or rows, each times a factor. */
function productWith(planner: Planner, factor: number, of: Value, result: Value, down: boolean): void {
  const [rows, columns] = of.dims;
  const length = down ? rows : columns;
  const vector = planner.kept(new Float32Array(length).fill(factor), down ? [1, length] : [length, 1]);
  const [source, weights] = down ? [vector, of] : [of, vector];
  const operation = planner.primitives.matMul(
    planner.layout(source),
    planner.layout(weights),
    null,
    planner.layout(result),
    false,
  );
  planner.call(operation, {
    source: planner.memory(source),
    weights: planner.memory(weights),
    result: planner.memory(result),
  });
}
