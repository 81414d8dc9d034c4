import type { KernelLayer, PlaneStep, PlanesStart, Region } from '@xinc/kernels';
import { sizeOf } from '../ndarray.js';
import { cropAlong, meanAlong, nearestAlong, resizeAlong, spreadAlong, takeAlong } from './axis-sums.js';
import {
  biasOf,
  channelMean,
  chosenOf,
  densePlanes,
  gateOf,
  neuronsOf,
  type ReadValue,
  weightOf,
} from './contributions.js';
import type {
  ConvolutionLayer,
  DensePictureLayer,
  DensePixelsLayer,
  DensePlacesLayer,
  DerivedLayer,
} from './layers.js';
import type { Pointwise } from './pointwise.js';
import { type KernelFunction, kernelFunction } from './pointwise-program.js';
import type { Step } from './way.js';

/** A layer on one frame, or on the pixels of a region, for the kernels. */
type SourceOf = (read: ReadValue, region: Region) => KernelLayer;

/**
 * How the kernels trace a layer by the tables of docs/networks.md; `undefined` where they lack a function on its way, or a
 * step that mixes pixels other than along rows and columns.
 */
export function kernelSource(layer: DerivedLayer): SourceOf | undefined {
  const functions = new Map<Pointwise, KernelFunction>();
  for (const f of functionsOf(layer)) {
    const known = kernelFunction(f);
    if (known === undefined) return undefined;
    functions.set(f, known);
  }
  if (layer.kind === 'dense') {
    const activation = layer.activation ? functions.get(layer.activation)! : null;
    return (read, region) =>
      layer.gate
        ? gatedSource(layer, layer.gate, activation, read, region)
        : denseSource(layer, activation, read, region);
  }
  const steps = layer.way.steps.map((step) => (isKnown(step) ? step : undefined));
  if (!steps.every((step) => step !== undefined)) return undefined;
  if (layer.kind === 'conv' && hasBiasOfPlaces(layer)) return undefined;
  return (read) => {
    const start = layer.kind === 'conv' ? convolutionStart(layer, read) : valuesStart(layer, read);
    const planes: PlaneStep[] = [];
    const extents: Extent[] = [start];
    for (const step of steps) {
      const of = extents[step.kind === 'sum' ? step.of[0].plane : step.of];
      const made = planeStep(step, of, functions, read);
      planes.push(made);
      extents.push(extentOf(made, of));
    }
    return { kind: 'planes', start, steps: planes, picture: layer.way.picture };
  };
}

type KnownStep = Exclude<Step, { kind: 'winner' | 'sample' | 'mix' }>;

const isKnown = (step: Step): step is KnownStep =>
  step.kind !== 'winner' && step.kind !== 'sample' && step.kind !== 'mix';

/** A bias that differs from place to place. */
function hasBiasOfPlaces({ bias, operation }: ConvolutionLayer): boolean {
  if (bias === undefined || sizeOf(bias.shape) === 1) return false;
  const channels = operation.shape[1];
  return sizeOf(bias.shape) !== channels || bias.shape.at(-3) !== channels;
}

interface Extent {
  readonly height: number;
  readonly width: number;
}

/** Functions that the kernels apply: those of values into a picture are applied as these are made. */
function functionsOf(layer: DerivedLayer): Pointwise[] {
  const onTheWay =
    layer.kind === 'dense' ? [] : layer.way.steps.flatMap((step) => (step.kind === 'function' ? [step.f] : []));
  return layer.kind === 'dense' && layer.activation ? [layer.activation] : onTheWay;
}

/** What a dense layer on pixels reads: x [P, N], W[o, n] and b[o]. */
function valuesOf(layer: DensePixelsLayer, read: ReadValue) {
  const x = read(layer.input);
  const [pixels, neurons] = x.shape;
  const outputs = layer.preactivation.shape.at(-1)!;
  const weightAt = weightOf(layer, read, neurons, outputs);
  return { x, pixels, neurons, outputs, weightAt, biasAt: biasOf(layer, read, outputs) };
}

/** x_n · Σ_o W[o,n] + Σ_o b[o] / N, through f. */
function denseSource(
  layer: DensePixelsLayer,
  activation: KernelFunction | null,
  read: ReadValue,
  { width }: Region,
): KernelLayer {
  const { x, pixels, neurons, outputs, weightAt, biasAt } = valuesOf(layer, read);
  const scale = new Float64Array(neurons);
  let offset = 0;
  for (let o = 0; o < outputs; o++) {
    for (let n = 0; n < neurons; n++) scale[n] += weightAt(o, n);
    offset += biasAt(o);
  }
  return { kind: 'dense', input: x.data, pixels, neurons, width, scale, offset: offset / neurons, activation };
}

/** x_n · Σ_o g_o W[o,n] + Σ_o g_o b[o] / N, through f. */
function gatedSource(
  layer: DensePixelsLayer,
  factor: NonNullable<DensePixelsLayer['gate']>,
  activation: KernelFunction | null,
  read: ReadValue,
  { width }: Region,
): KernelLayer {
  const { x, pixels, neurons, outputs, weightAt, biasAt } = valuesOf(layer, read);
  const gateAt = gateOf(read(factor), pixels, outputs);
  const gate = new Float32Array(pixels * outputs);
  const offset = new Float32Array(pixels);
  for (let p = 0; p < pixels; p++) {
    let sum = 0;
    for (let o = 0; o < outputs; o++) {
      gate[p * outputs + o] = gateAt(p, o);
      sum += gateAt(p, o) * biasAt(o);
    }
    offset[p] = sum / neurons;
  }
  const weight = Float32Array.from({ length: outputs * neurons }, (_, i) =>
    weightAt(Math.floor(i / neurons), i % neurons),
  );
  return { kind: 'gated', input: x.data, pixels, neurons, width, outputs, gate, weight, offset, activation };
}

/** The planes that a dense layer's neurons begin with: one value for each neuron and pixel. */
function valuesStart(layer: DensePictureLayer | DensePlacesLayer, read: ReadValue): PlanesStart {
  const { height, width } = layer;
  const neurons = neuronsOf(layer);
  const planeOf = densePlanes(layer, read);
  const input = new Float32Array(height * width * neurons);
  for (let neuron = 0; neuron < neurons; neuron++) {
    const { data } = planeOf(neuron);
    for (let pixel = 0; pixel < height * width; pixel++) input[pixel * neurons + neuron] = data[pixel];
  }
  return { kind: 'values', input, neurons, height, width };
}

function convolutionStart(layer: ConvolutionLayer, read: ReadValue): PlanesStart {
  const { operation, transposed } = layer;
  const { stride, dilation, padding, groups } = operation.attributes;
  const x = read(layer.input);
  const kernel = read(layer.weight);
  const [, outputs, height, width] = operation.shape;
  const [, , k, l] = kernel.shape;
  const [, channels, rows, columns] = x.shape;
  const bias = biasOf(layer, read, outputs);
  return {
    kind: 'convolution',
    transposed,
    input: x.data,
    inputShape: [channels, rows, columns],
    kernel: kernel.data,
    kernelSize: [k, l],
    outputs,
    groups,
    stride,
    dilation,
    padding: [padding[0], padding[1]],
    bias: Float32Array.from({ length: outputs }, (_, o) => bias(o)),
    height,
    width,
  };
}

function planeStep(
  step: KnownStep,
  { height, width }: Extent,
  functions: ReadonlyMap<Pointwise, KernelFunction>,
  read: ReadValue,
): PlaneStep {
  switch (step.kind) {
    case 'function':
      return { kind: 'function', of: step.of, f: functions.get(step.f)! };
    case 'sum':
    case 'scatter':
      return step;
    case 'factor': {
      const mean = channelMean(read(step.by), step, height, width);
      const by = Float32Array.from({ length: height * width }, (_, pixel) => mean(pixel));
      return { kind: 'factor', of: step.of, by, divide: step.divide };
    }
    case 'choice': {
      const share = channelMean(chosenOf(read(step.by), step.otherwise), step, height, width);
      const by = Float32Array.from({ length: height * width }, (_, pixel) => share(pixel));
      return { kind: 'factor', of: step.of, by, divide: false };
    }
    default:
      return { kind: 'weighted', of: step.of, ...sumsOf(step, height, width) };
  }
}

function sumsOf(
  step: Exclude<KnownStep, { kind: 'function' | 'sum' | 'scatter' | 'factor' | 'choice' }>,
  height: number,
  width: number,
) {
  switch (step.kind) {
    case 'upsample':
      return { rows: nearestAlong(height, step.scale), columns: nearestAlong(width, step.scale) };
    case 'resize':
      return {
        rows: resizeAlong(step.method, 0, height, step.height),
        columns: resizeAlong(step.method, 1, width, step.width),
      };
    case 'mean':
      return {
        rows: meanAlong(step.window, 0, height, step.height),
        columns: meanAlong(step.window, 1, width, step.width),
      };
    case 'spread':
      return {
        rows: spreadAlong(step.window, 0, height, step.height),
        columns: spreadAlong(step.window, 1, width, step.width),
      };
    case 'take':
      return { rows: takeAlong(step.rows), columns: takeAlong(step.columns) };
    case 'crop':
      return { rows: cropAlong(step.top, height, step.height), columns: cropAlong(step.left, width, step.width) };
  }
}

function extentOf(step: PlaneStep, { height, width }: Extent): Extent {
  if (step.kind === 'weighted') return { height: step.rows.length, width: step.columns.length };
  return step.kind === 'scatter' ? { height: height * step.scale, width: width * step.scale } : { height, width };
}
