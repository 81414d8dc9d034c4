import { type Shape, sizeOf } from '@xinc/core';
import { hasUnitSteps } from '@xinc/core/graph';
import { combine } from './elementwise.js';
import { pixelStrides, plainStrides, type Value } from './layouts.js';
import type { Pointer } from './library.js';
import type { Planner } from './plan.js';
import type { Geometry } from './primitives.js';
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

const chosen = (planner: Planner, dims: Shape): Pointer => planner.primitives.layout({ dims, strides: 'any' });

export function planConvolution(planner: Planner, node: StepOperation<'conv2d'>, place: number): Value {
  const [x, k, bias] = node.inputs;
  const convolution = convolutionOf(node.attributes, planner.shape(k), node.shape);
  const source = planner.pixels(x);
  const kernel = wholeKernel(planner, planner.plain(k), convolution);
  const summand = bias === undefined ? null : wholeBias(planner, planner.plain(bias), convolution.columns);
  const result = planner.result(place, pixelStrides(node.shape));
  const operation = planner.primitives.convolution(
    planner.layout(source),
    chosen(planner, convolution.kernel),
    summand && planner.layout(summand),
    planner.layout(convolution.result),
    convolution.geometry,
  );
  planner.call(operation, {
    source: planner.memory(source),
    weights: planner.arranged(kernel, planner.primitives.weightsOf(operation)),
    ...(summand && { bias: planner.memory(summand) }),
    result: planner.memory({ ...result, ...convolution.result }),
  });
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
  const result = planner.result(place, pixelStrides(node.shape));
  const [layout, of, weights] = [planner.layout(result), planner.layout(gradient), chosen(planner, dims)];
  const forward = planner.primitives.convolution(layout, weights, null, of, geometry);
  const operation = planner.primitives.convolutionSource(layout, weights, of, geometry, forward);
  planner.call(operation, {
    resultGradient: planner.memory(gradient),
    weights: planner.arranged(kernel, planner.primitives.weightsOf(operation)),
    sourceGradient: planner.memory(result),
  });
  return result;
}

export function planKernelGradient(planner: Planner, node: StepOperation<'kernelGradient'>, place: number): Value {
  const [x, y] = node.inputs;
  const convolution = convolutionOf(node.attributes, node.shape, planner.shape(y));
  const { columns, geometry } = convolution;
  const source = planner.pixels(x);
  const gradient = { ...planner.pixels(y), ...convolution.result };
  const result = planner.result(place, plainStrides(node.shape));
  const whole = columns === 1 ? result : planner.scratch(convolution.kernel);
  const kernel = { block: whole.block, dims: convolution.kernel, strides: plainStrides(convolution.kernel) };
  const [layout, of, weights] = [planner.layout(source), planner.layout(gradient), chosen(planner, convolution.kernel)];
  const forward = planner.primitives.convolution(layout, weights, null, of, geometry);
  const operation = planner.primitives.convolutionWeights(layout, weights, null, of, geometry, forward);
  const lies = planner.primitives.weightsOf(operation, true);
  const memory = planner.scratchMemory(lies);
  planner.call(operation, {
    source: planner.memory(source),
    resultGradient: planner.memory(gradient),
    weightsGradient: memory,
  });
  planner.call(planner.primitives.reorder(lies, planner.layout(kernel)), {
    source: memory,
    result: planner.memory(kernel),
  });
  // Each column's share of the kernel.
  for (let column = 0; column < columns && columns > 1; column++) {
    const { value, offset } = columnOf(kernel, node.shape, column);
    if (column === 0) planner.copy(value, result, { from: offset });
    else combine(planner, 'add', [result, value, result], [], offset);
  }
  return result;
}
