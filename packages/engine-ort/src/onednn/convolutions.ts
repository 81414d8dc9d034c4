import { type Shape, sizeOf } from '@xinc/core';
import { hasUnitSteps } from '@xinc/core/graph';
import { combine } from './elementwise.js';
import { pixelStrides, plainStrides, type Value } from './layouts.js';
import type { Planner } from './planner.js';
import type { AfterOperation, Geometry } from './primitives.js';
import type { StepAttributes, StepOperation } from './step-graph.js';

/*
 * Pictures lie with the channels of a pixel together, which the library's convolutions are fastest for, and kernels as it chooses. They are
 * copied there at every step: they are small.
 */

type ConvolutionAttributes = StepAttributes['conv2d'];

/** Numbers that a processor's vector holds, at most. */
const LANES = 16;
/** Columns together must take less than this of the time of one after the other. */
const WORTH = 0.75;

/**
 * How many columns of the result are convolved to side by side, as channels of one: a convolution to few channels leaves most of a vector
 * empty. The kernel of s columns is s − 1 taps wider, and most of them are zeros.
 */
function columnsTogether(attributes: ConvolutionAttributes, [out, , , l]: Shape, [, , , width]: Shape): number {
  if (!hasUnitSteps(attributes)) return 1;
  const vectors = (columns: number) => Math.ceil((out * columns) / LANES);
  const cost = (columns: number) => (((l + columns - 1) / l) * vectors(columns)) / (columns * vectors(1));
  const [best] = [1, 2, 4].filter((columns) => width % columns === 0).sort((a, b) => cost(a) - cost(b));
  return cost(best) < WORTH ? best : 1;
}

/** A convolution as the library does it. */
interface Convolution {
  readonly columns: number;
  readonly geometry: Geometry;
  /** The kernel as it does: [O, C/groups, k, l], with the groups as an axis before these, or several columns' kernels as channels. */
  readonly kernel: Shape;
  /** How its result lies, in the same memory as that of the convolution itself. */
  readonly result: { readonly dims: Shape; readonly strides: readonly number[] };
}

function convolutionOf(attributes: ConvolutionAttributes, kernel: Shape, result: Shape): Convolution {
  const columns = columnsTogether(attributes, kernel, result);
  const {
    padding: [top, left, bottom, right],
    stride: [down, across],
    dilation,
    groups,
  } = attributes;
  const [out, channels, k, l] = kernel;
  const [n, , height, width] = result;
  const dims = [n, out * columns, height, width / columns];
  return {
    columns,
    geometry: {
      strides: [down, across * columns],
      dilations: dilation.map((apart) => apart - 1),
      before: [top, left],
      after: [bottom, right],
    },
    kernel: groups === 1 ? [out * columns, channels, k, l + columns - 1] : [groups, out / groups, channels, k, l],
    result: { dims, strides: pixelStrides(dims) },
  };
}

/** The kernel of one of several columns, within theirs. */
function columnOf(whole: Value, kernel: Shape, column: number): { readonly value: Value; readonly offset: number } {
  const [out] = kernel;
  const offset = column * (out * whole.strides[0] + whole.strides[3]);
  return { value: { ...whole, dims: kernel }, offset };
}

/** A kernel as the library's convolution has it, in the memory of `kernel` or in its own. */
function wholeKernel(planner: Planner, kernel: Value, { columns, kernel: dims }: Convolution): Value {
  if (columns === 1) return { block: kernel.block, dims, strides: plainStrides(dims) };
  // The zeros stay from step to step.
  const whole = planner.kept(new Float32Array(sizeOf(dims)), dims);
  for (let column = 0; column < columns; column++) {
    const { value, offset } = columnOf(whole, kernel.dims, column);
    planner.copy(kernel, value, { to: offset });
  }
  return whole;
}

function wholeBias(planner: Planner, bias: Value, columns: number): Value {
  if (columns === 1) return bias;
  const [channels] = bias.dims;
  const whole = planner.scratch([channels * columns]);
  for (let column = 0; column < columns; column++) {
    planner.copy(bias, { ...whole, dims: bias.dims }, { to: column * channels });
  }
  return whole;
}

/** What a convolution works on, each as the library's own has it. */
interface ConvolutionOperands {
  readonly x: Value;
  readonly kernel: Value;
  /** Its result, or the gradient of that. */
  readonly result: Value;
  readonly geometry: Geometry;
}

/** The operation forward, with the layouts that the gradients are described by too. */
function described(
  planner: Planner,
  { x, kernel, result, geometry }: ConvolutionOperands,
  bias: Value | null = null,
  after: readonly AfterOperation[] = [],
) {
  const layouts = {
    source: planner.layout(x),
    weights: planner.primitives.layout({ dims: kernel.dims, strides: 'any' }),
    result: planner.layout(result),
  };
  const { source, weights } = layouts;
  const summand = bias && planner.layout(bias);
  const forward = planner.primitives.convolution(source, weights, summand, layouts.result, geometry, after);
  return { ...layouts, forward };
}

/** Plans a convolution into the memory of its result. */
export function convolve(
  planner: Planner,
  operands: ConvolutionOperands,
  bias: Value | null,
  after: readonly AfterOperation[] = [],
): void {
  const { forward } = described(planner, operands, bias, after);
  const { x, kernel, result } = operands;
  planner.call(
    forward,
    {
      source: planner.memory(x),
      weights: planner.arranged(kernel, planner.primitives.weightsOf(forward)),
      ...(bias && { bias: planner.memory(bias) }),
      result: planner.memory(result),
    },
    after,
  );
}

/** Plans the gradient of a convolution's kernel into the memory of `kernel`, from that of its result. */
export function gatherKernel(planner: Planner, operands: ConvolutionOperands): void {
  const { source, weights, result, forward } = described(planner, operands);
  const operation = planner.primitives.convolutionWeights(source, weights, result, operands.geometry, forward);
  const lies = planner.primitives.weightsOf(operation, true);
  const memory = planner.scratchMemory(lies);
  planner.call(operation, {
    source: planner.memory(operands.x),
    resultGradient: planner.memory(operands.result),
    weightsGradient: memory,
  });
  planner.call(planner.primitives.reorder(lies, planner.layout(operands.kernel)), {
    source: memory,
    result: planner.memory(operands.kernel),
  });
}

export function planConvolution(planner: Planner, node: StepOperation<'conv2d'>, place: number): Value {
  const [x, k, bias] = node.inputs;
  const convolution = convolutionOf(node.attributes, planner.shape(k), node.shape);
  const summand = bias === undefined ? null : wholeBias(planner, planner.plain(bias), convolution.columns);
  const kernel = wholeKernel(planner, planner.plain(k), convolution);
  const source = planner.pixels(x);
  const result = planner.result(place, pixelStrides(node.shape));
  const { geometry } = convolution;
  convolve(planner, { x: source, kernel, result: { ...result, ...convolution.result }, geometry }, summand);
  return result;
}

export function planInputGradient(planner: Planner, node: StepOperation<'inputGradient'>, place: number): Value {
  const [k, y] = node.inputs;
  // To as many channels as come in, one column after the other.
  const { geometry } = convolutionOf(node.attributes, planner.shape(k), [0, 0, 0, 1]);
  const { groups } = node.attributes;
  const [out, ...others] = planner.shape(k);
  const dims = groups === 1 ? [out, ...others] : [groups, out / groups, ...others];
  const kernel = { block: planner.plain(k).block, dims, strides: plainStrides(dims) };
  const gradient = planner.pixels(y);
  const x = planner.result(place, pixelStrides(node.shape));
  const { source, weights, result, forward } = described(planner, { x, kernel, result: gradient, geometry });
  const operation = planner.primitives.convolutionSource(source, weights, result, geometry, forward);
  planner.call(operation, {
    resultGradient: planner.memory(gradient),
    weights: planner.arranged(kernel, planner.primitives.weightsOf(operation)),
    sourceGradient: planner.memory(x),
  });
  return x;
}

export function planKernelGradient(planner: Planner, node: StepOperation<'kernelGradient'>, place: number): Value {
  const [x, y] = node.inputs;
  const convolution = convolutionOf(node.attributes, node.shape, planner.shape(y));
  const { columns, geometry, kernel: dims } = convolution;
  const source = planner.pixels(x);
  const gradient = { ...planner.pixels(y), ...convolution.result };
  const result = planner.result(place, plainStrides(node.shape));
  const { block } = columns === 1 ? result : planner.scratch(dims);
  const kernel = { block, dims, strides: plainStrides(dims) };
  gatherKernel(planner, { x: source, kernel, result: gradient, geometry });
  if (columns === 1) return result;
  // Each column's share of the kernel.
  for (let column = 0; column < columns; column++) {
    const { value, offset } = columnOf(kernel, node.shape, column);
    if (column === 0) planner.copy(value, result, { from: offset });
    else combine(planner, 'add', [result, value, result], [], offset);
  }
  return result;
}
