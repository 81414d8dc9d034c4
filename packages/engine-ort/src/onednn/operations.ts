import { type Shape, sizeOf } from '@xinc/core';
import { planConvolution, planInputGradient, planKernelGradient } from './convolutions.js';
import { spread, stridesFor } from './elementwise.js';
import { inARow, pixelStrides, plainStrides, type Value } from './layouts.js';
import { MissingOperation } from './missing-operation.js';
import type { Planner } from './planner.js';
import type { UnaryKind } from './primitives.js';
import { planMatMul, productWith, rowsOf } from './products.js';
import type { StepOp, StepOperation } from './step-graph.js';

type Rule<K extends StepOp> = (planner: Planner, node: StepOperation<K>, place: number) => Value;

/** The operations that oneDNN has beside those of elementwise.ts, each as its calls. What is in neither it does not have, or not as exactly. */
const rules: { readonly [K in StepOp]?: Rule<K> } = {
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
    const strides = stridesFor(planner, inputs, planner.shape(place));
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
    const { dims, ...result } = planner.result(place, stridesFor(planner, [x], planner.shape(place)));
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
  broadcastTo: (planner, { inputs: [x], shape }, place) =>
    spread(planner, x, shape, planner.result(place, plainStrides(shape))),
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

  gather: (planner, { inputs: [x, indices], attributes: { axis } }, place) => {
    const [table, at] = [planner.plain(x), planner.plain(indices)];
    const rows = rowsAlong('gather', table.dims, axis, sizeOf(at.dims));
    const result = planner.result(place, plainStrides(planner.shape(place)));
    planner.compute([table, at], result, ([from, places], into) => {
      eachRow(rows, places, (row, element) => into.set(from.subarray(row, row + rows.length), element));
    });
    return result;
  },
  scatterAdd: (planner, { inputs: [x, indices], attributes: { axis }, shape }, place) => {
    const [updates, at] = [planner.plain(x), planner.plain(indices)];
    const rows = rowsAlong('scatterAdd', shape, axis, sizeOf(at.dims));
    const result = planner.result(place, plainStrides(shape));
    planner.compute([updates, at], result, ([from, places], into) => {
      into.fill(0, 0, sizeOf(shape));
      eachRow(rows, places, (row, element) => {
        for (let i = 0; i < rows.length; i++) into[row + i] += from[element + i];
      });
    });
    return result;
  },

  sum: (planner, { inputs: [x], attributes: { axes } }, place) => planSums(planner, x, axes, place, 1),
  mean: (planner, { inputs: [x], attributes: { axes } }, place) =>
    planSums(planner, x, axes, place, sizeOf(planner.shape(place)) / sizeOf(planner.shape(x))),
};

/** Rows of a table that are looked up along one of its axes. */
interface Rows {
  readonly outer: number;
  readonly extent: number;
  readonly count: number;
  /** Elements of a row. */
  readonly length: number;
}

/** Shorter rows are looked up faster by ONNX Runtime. */
const SHORTEST_ROW = 64;

function rowsAlong(operation: string, table: Shape, axis: number, count: number): Rows {
  const length = sizeOf(table.slice(axis + 1));
  if (length < SHORTEST_ROW) throw new MissingOperation(operation);
  return { outer: sizeOf(table.slice(0, axis)), extent: table[axis], count, length };
}

/** Calls with where a row begins in the table, and where it does among the rows looked up. */
function eachRow(
  { outer, extent, count, length }: Rows,
  places: Float32Array,
  visit: (row: number, element: number) => void,
): void {
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      const place = places[i];
      if (!Number.isInteger(place) || place < 0 || place >= extent) {
        throw new RangeError(`there is no place ${place} among ${extent}`);
      }
      visit((o * extent + place) * length, (o * count + i) * length);
    }
  }
}

/** @throws MissingOperation */
export function planOperation<K extends StepOp>(planner: Planner, node: StepOperation<K>, place: number): Value {
  const rule = rules[node.op] as Rule<K> | undefined;
  if (!rule) throw new MissingOperation(node.op);
  return rule(planner, node, place);
}

/** @param inputs where the slope is taken, and the gradient */
function planGradient(planner: Planner, kind: UnaryKind, [x, gradient]: readonly number[], place: number): Value {
  const strides = stridesFor(planner, [x, gradient], planner.shape(place));
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

/** Channels to the pixels of a cell or back, as one copy of six axes: picture, channel, row and column in a cell, row and column of it. */
function shuffle(planner: Planner, block: number, deep: Value, wide: Value, toWide: boolean): void {
  const [n, channels, rows, columns] = deep.dims;
  const dims = [n, channels / block ** 2, block, block, rows, columns];
  const [picture, channel, row, column] = deep.strides;
  const small = {
    block: deep.block,
    dims,
    strides: [picture, channel * block ** 2, channel * block, channel, row, column],
  };
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
    const columns = divisorNearRoot(size);
    const partial = planner.scratch([1, columns]);
    productWith(planner, 1, { ...planner.value(x), ...rowsOf(size / columns, columns) }, partial, true);
    productWith(planner, factor, partial, { ...result, ...rowsOf(1, 1) }, false);
    return result;
  }
  if (ofChannels || leading) {
    const value = ofChannels ? planner.pixels(x) : planner.plain(x);
    const columns = sizeOf(result.dims);
    productWith(
      planner,
      factor,
      { ...value, ...rowsOf(size / columns, columns) },
      { ...result, ...rowsOf(1, columns) },
      true,
    );
    return result;
  }
  if (trailing) {
    const rows = sizeOf(result.dims);
    productWith(
      planner,
      factor,
      { ...planner.plain(x), ...rowsOf(rows, size / rows) },
      { ...result, ...rowsOf(rows, 1) },
      false,
    );
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

/** The largest divisor of a number that is not above its square root. */
function divisorNearRoot(size: number): number {
  let divisor = Math.floor(Math.sqrt(size));
  while (divisor > 1 && size % divisor !== 0) divisor--;
  return Math.max(1, divisor);
}
