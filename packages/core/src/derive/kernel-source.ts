import type { KernelLayer, PlaneStep, PlanesStart, Region } from '@xinc/kernels';
import { cropAlong, meanAlong, nearestAlong, resizeAlong, spreadAlong } from './axis-sums.js';
import { biasOf, channelMean, gateOf, picturePlane, type ReadValue, weightOf } from './contributions.js';
import type { ConvolutionLayer, DensePictureLayer, DensePixelsLayer, DerivedLayer } from './layers.js';
import type { Pointwise } from './pointwise.js';
import { type KernelFunction, kernelFunction } from './pointwise-program.js';
import type { Step } from './way.js';

/** A layer on one frame, or on the pixels of a region, for the kernels. */
type SourceOf = (read: ReadValue, region: Region) => KernelLayer;

/**
 * How the kernels trace a layer by the tables of docs/networks.md; `undefined` where they lack an operation of a function on
 * its way.
 */
export function kernelSource(layer: DerivedLayer): SourceOf | undefined {
  const functions = new Map<Pointwise, KernelFunction>();
  for (const f of functionsOf(layer)) {
    const known = kernelFunction(f);
    if (known === undefined) return undefined;
    functions.set(f, known);
  }
  const activation = layer.activation ? functions.get(layer.activation)! : null;
  if (layer.kind === 'dense') {
    return (read, region) =>
      layer.gate
        ? gatedSource(layer, layer.gate, activation, read, region)
        : denseSource(layer, activation, read, region);
  }
  return (read) => {
    const start = layer.kind === 'conv' ? convolutionStart(layer, read) : valuesStart(layer, read);
    const steps: PlaneStep[] = [];
    const extents: Extent[] = [start];
    for (const step of layer.way.steps) {
      const of = extents[step.kind === 'sum' ? step.of[0].plane : step.of];
      const made = planeStep(step, of, functions, read);
      steps.push(made);
      extents.push(extentOf(made, of));
    }
    if (!activation) return { kind: 'planes', start, steps, picture: layer.way.picture };
    // Plane 0 goes through f first; all others count one more.
    const later = (plane: number) => plane + 1;
    return {
      kind: 'planes',
      start,
      steps: [{ kind: 'function', of: 0, f: activation }, ...steps.map((step) => renumbered(step, later))],
      picture: later(layer.way.picture),
    };
  };
}

interface Extent {
  readonly height: number;
  readonly width: number;
}

function functionsOf(layer: DerivedLayer): Pointwise[] {
  const onTheWay =
    layer.kind === 'dense' ? [] : layer.way.steps.flatMap((step) => (step.kind === 'function' ? [step.f] : []));
  return layer.activation ? [layer.activation, ...onTheWay] : onTheWay;
}

/** x_n · Σ_o W[o,n] + Σ_o b[o] / N, through f. */
function denseSource(
  layer: DensePixelsLayer,
  activation: KernelFunction | null,
  read: ReadValue,
  { width }: Region,
): KernelLayer {
  const x = read(layer.input);
  const [pixels, neurons] = x.shape;
  const outputs = layer.preactivation.shape[1];
  const weight = weightOf(layer, read, neurons, outputs);
  const bias = biasOf(layer, read, outputs);
  const scale = new Float64Array(neurons);
  let offset = 0;
  for (let o = 0; o < outputs; o++) {
    for (let n = 0; n < neurons; n++) scale[n] += weight(o, n);
    offset += bias(o);
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
  const x = read(layer.input);
  const [pixels, neurons] = x.shape;
  const outputs = layer.preactivation.shape[1];
  const weightAt = weightOf(layer, read, neurons, outputs);
  const biasAt = biasOf(layer, read, outputs);
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

/** Σ_c (x_n · W[(c,y,x),n] + b[(c,y,x)] / N), of every neuron. */
function valuesStart(layer: DensePictureLayer, read: ReadValue): PlanesStart {
  const { height, width } = layer;
  const neurons = read(layer.input).shape[1];
  const values = picturePlane(layer, read);
  const input = new Float32Array(height * width * neurons);
  for (let neuron = 0; neuron < neurons; neuron++) {
    for (let pixel = 0; pixel < height * width; pixel++) input[pixel * neurons + neuron] = values(neuron, pixel);
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
  step: Step,
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
    default:
      return { kind: 'weighted', of: step.of, ...sumsOf(step, height, width) };
  }
}

function sumsOf(
  step: Exclude<Step, { kind: 'function' | 'sum' | 'scatter' | 'factor' }>,
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
    case 'crop':
      return { rows: cropAlong(step.top, height, step.height), columns: cropAlong(step.left, width, step.width) };
  }
}

function extentOf(step: PlaneStep, { height, width }: Extent): Extent {
  if (step.kind === 'weighted') return { height: step.rows.length, width: step.columns.length };
  return step.kind === 'scatter' ? { height: height * step.scale, width: width * step.scale } : { height, width };
}

function renumbered(step: PlaneStep, later: (plane: number) => number): PlaneStep {
  return step.kind === 'sum'
    ? { ...step, of: step.of.map(({ plane, sign }) => ({ plane: later(plane), sign })) }
    : { ...step, of: later(step.of) };
}
