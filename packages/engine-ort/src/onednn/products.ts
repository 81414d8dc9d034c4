import { convolve, gatherKernel } from './convolutions.js';
import { withRank } from './elementwise.js';
import { isPlain, pixelStrides, plainStrides, type Value } from './layouts.js';
import type { Planner } from './planner.js';
import type { AfterOperation } from './primitives.js';
import type { StepOperation } from './step-graph.js';

export function planMatMul(planner: Planner, node: StepOperation<'matMul'>, place: number): Value {
  const [a, b, bias] = node.inputs;
  const { transposeA, transposeB } = node.attributes;
  const operands = {
    source: matrix(planner, a, transposeA),
    weights: matrix(planner, b, transposeB),
    bias: bias === undefined ? null : planner.plain(bias),
  };
  const after: AfterOperation[] = planner.joinRelu(place) ? [{ kind: 'relu', alpha: 0, beta: 0 }] : [];
  const result = planner.result(place, plainStrides(node.shape));
  if (isTall(operands.source)) planTall(planner, operands, result, after);
  else if (bias === undefined && after.length === 0 && isWide(operands)) planWide(planner, operands, result);
  else planProduct(planner, operands, result, after);
  return result;
}

/** An operand of a matrix product as it is read: of its last two axes, elements are neighbours along one. */
function matrix(planner: Planner, place: number, isTransposed: boolean): Value {
  const value = planner.shape(place).length === 2 ? planner.value(place) : planner.plain(place);
  return isTransposed ? { ...value, dims: swapped(value.dims), strides: swapped(value.strides) } : value;
}

const swapped = <T>(all: readonly T[]): T[] => [...all.slice(0, -2), ...all.slice(-2).reverse()];

interface Operands {
  readonly source: Value;
  readonly weights: Value;
  readonly bias: Value | null;
}

function planProduct(
  planner: Planner,
  { source, weights, bias }: Operands,
  result: Value,
  after: readonly AfterOperation[],
): void {
  const summand = bias && withRank(bias, result.dims.length);
  const operation = planner.primitives.matMul(
    planner.layout(source),
    planner.layout(weights),
    summand && planner.layout(summand),
    planner.layout(result),
    after,
  );
  planner.call(
    operation,
    {
      source: planner.memory(source),
      weights: planner.memory(weights),
      ...(summand && { bias: planner.memory(summand) }),
      result: planner.memory(result),
    },
    after,
  );
}

/*
 * Products of many rows with a matrix, and those of as many rows with each other, as convolutions of pictures whose pixels are the rows with
 * a kernel of one tap: 5 % faster for the FFN's 104 columns, and 6 % slower for 512.
 */

const SIDE = 32;
const MOST_COLUMNS = 256;
/** Rows that each thread has something of. */
const FEWEST_PICTURES = 4;

/** Whether its rows are pictures' pixels. */
function isTall({ dims, strides }: Value): boolean {
  const [rows, columns] = dims;
  const pictures = rows / SIDE ** 2;
  return (
    dims.length === 2 &&
    isPlain({ dims, strides }) &&
    Number.isInteger(pictures) &&
    pictures >= FEWEST_PICTURES &&
    columns <= MOST_COLUMNS
  );
}

/** Whether it is the product of two such, over the rows. */
function isWide({ source, weights }: Operands): boolean {
  return source.dims.length === 2 && isTall(turned(source)) && isTall(weights);
}

const turned = (value: Value): Value => ({ ...value, dims: swapped(value.dims), strides: swapped(value.strides) });

function asPictures({ block, dims: [rows, columns] }: Value): Value {
  const dims = [rows / SIDE ** 2, columns, SIDE, SIDE];
  return { block, dims, strides: pixelStrides(dims) };
}

/** [in, out] as a kernel [out, in, 1, 1]. */
function asKernel({ block, dims: [before, after], strides: [apartBefore, apartAfter] }: Value): Value {
  return { block, dims: [after, before, 1, 1], strides: [apartAfter, apartBefore, 1, 1] };
}

const ONE_TAP = { strides: [1, 1], dilations: [0, 0], before: [0, 0], after: [0, 0] };

function planTall(
  planner: Planner,
  { source, weights, bias }: Operands,
  result: Value,
  after: readonly AfterOperation[],
): void {
  const operands = { x: asPictures(source), kernel: asKernel(weights), result: asPictures(result), geometry: ONE_TAP };
  convolve(planner, operands, bias, after);
}

/** Ȳᵀ·X, the gradient of the kernel. */
function planWide(planner: Planner, { source, weights }: Operands, result: Value): void {
  const [gradient, kernel] = [asPictures(turned(source)), asKernel(turned(result))];
  gatherKernel(planner, { x: asPictures(weights), kernel, result: gradient, geometry: ONE_TAP });
}

/** A value as rows one after the other. */
export const rowsOf = (rows: number, columns: number) => ({ dims: [rows, columns], strides: [columns, 1] });

/** Sums of a matrix's columns (`down`) or rows, each times a factor. */
export function productWith(planner: Planner, factor: number, of: Value, result: Value, down: boolean): void {
  const [rows, columns] = of.dims;
  const length = down ? rows : columns;
  const vector = planner.repeated(factor, down ? [1, length] : [length, 1]);
  const [source, weights] = down ? [vector, of] : [of, vector];
  const operation = planner.primitives.matMul(
    planner.layout(source),
    planner.layout(weights),
    null,
    planner.layout(result),
  );
  planner.call(operation, {
    source: planner.memory(source),
    weights: planner.memory(weights),
    result: planner.memory(result),
  });
}
