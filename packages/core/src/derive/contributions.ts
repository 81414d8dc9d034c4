import type { GraphNode } from '../graph/nodes.js';
import { type NdArray, sizeOf } from '../ndarray.js';
import type {
  ConvolutionLayer,
  DensePictureLayer,
  DensePixelsLayer,
  DensePlacesLayer,
  DerivedLayer,
} from './layers.js';
import { mixedPixels, pooledWinners, sampledPlaces } from './linear-maps.js';
import {
  correlatePlane,
  cropPlane,
  mapPlane,
  nearestPlane,
  type Plane,
  plane,
  resizePlane,
  scatterPlane,
  spreadPlane,
  takePlane,
} from './plane.js';
import { compilePointwise, type Pointwise } from './pointwise.js';
import type { Step, Way } from './way.js';

/** What a layer's contributions are computed from, of one frame or of some pixels. */
export type ReadValue = (node: GraphNode) => NdArray;

/** How many neurons a layer has: inputs of a dense one, kernels (in → out) of a convolution. */
export function neuronsOf(layer: DerivedLayer): number {
  const [first, second] = layer.weight.shape;
  if (layer.kind === 'conv') return first * second;
  return layer.outFirst ? second : first;
}

/**
 * A layer's neurons one by one, as the tables of docs/networks.md define them.
 * @returns neuron → its signed contribution: [H, W] of the picture; of a dense layer on pixels [1, P]
 */
export function contributionsOf(layer: DerivedLayer, read: ReadValue): (neuron: number) => Plane {
  if (layer.kind === 'dense') return densePixels(layer, read);
  const way = prepareWay(layer.way, read);
  if (layer.kind !== 'conv') {
    const values = densePlanes(layer, read);
    return (neuron) => way(values(neuron), 0);
  }
  const outputs = layer.preactivation.shape[1];
  const response = responsesOf(layer, read);
  return (neuron) => way(response(neuron), neuron % outputs);
}

/** What a dense layer's neurons are before their way to the picture, [h, w]. */
export function densePlanes(layer: DensePictureLayer | DensePlacesLayer, read: ReadValue): (neuron: number) => Plane {
  if (layer.kind === 'dense-picture') return densePicture(layer, read);
  const values = densePixels(layer, read);
  return (neuron) => plane(layer.height, layer.width, values(neuron).data);
}

/** f(u) − f(0) */
function zeroed(f: Pointwise): (u: number) => number {
  const compiled = compilePointwise(f);
  const atZero = compiled(0);
  return (u) => compiled(u) - atZero;
}

/** x_n · Σ_o g_o W[o,n] + Σ_o g_o b[o] / N, through f; g is 1 where the layer has no gate. */
function densePixels(layer: DensePixelsLayer | DensePlacesLayer, read: ReadValue): (neuron: number) => Plane {
  const x = read(layer.input);
  const [pixels, neurons] = x.shape;
  const outputs = layer.preactivation.shape.at(-1)!;
  const weight = weightOf(layer, read, neurons, outputs);
  const bias = biasOf(layer, read, outputs);
  const f = layer.activation ? zeroed(layer.activation) : (u: number) => u;
  const gate = layer.gate && gateOf(read(layer.gate), pixels, outputs);
  return (neuron) => {
    const result = plane(1, pixels);
    let scale = 0;
    let offset = 0;
    for (let p = 0; p < pixels; p++) {
      if (p === 0 || gate) {
        scale = 0;
        offset = 0;
        for (let o = 0; o < outputs; o++) {
          const factor = gate ? gate(p, o) : 1;
          scale += factor * weight(o, neuron);
          offset += factor * bias(o);
        }
        offset /= neurons;
      }
      result.data[p] = f(x.data[p * neurons + neuron] * scale + offset);
    }
    return result;
  };
}

/** A gate's value at a pixel and output, spread out from [P, out], [P, 1], [1, out], [out] or a single number; P may be on several axes. */
export function gateOf(
  { shape, data }: NdArray,
  pixels: number,
  outputs: number,
): (pixel: number, output: number) => number {
  const columns = shape.at(-1) ?? 1;
  const rows = data.length / columns;
  const down = rows === pixels && pixels > 1 ? columns : 0;
  const across = columns === outputs && outputs > 1 ? 1 : 0;
  return (pixel, output) => data[pixel * down + output * across];
}

/** Σ_c (x_n · W[(c,y,x), n] + b[(c,y,x)] / N), through f; [h, w]. */
function densePicture(layer: DensePictureLayer, read: ReadValue): (neuron: number) => Plane {
  const { channels, height, width } = layer;
  const x = read(layer.input);
  const neurons = x.shape[1];
  const outputs = channels * height * width;
  const weight = weightOf(layer, read, neurons, outputs);
  const bias = biasOf(layer, read, outputs);
  const f = layer.activation ? zeroed(layer.activation) : (u: number) => u;
  const area = height * width;
  return (neuron) =>
    mapPlane(plane(height, width), (_, pixel) => {
      let sum = 0;
      for (let c = 0; c < channels; c++) {
        const o = c * area + pixel;
        sum += x.data[neuron] * weight(o, neuron) + bias(o) / neurons;
      }
      return f(sum);
    });
}

/** W[o,n], however it is stored. */
export function weightOf(
  { weight, outFirst }: Exclude<DerivedLayer, ConvolutionLayer>,
  read: ReadValue,
  neurons: number,
  outputs: number,
): (output: number, neuron: number) => number {
  const { data } = read(weight);
  return outFirst ? (o, n) => data[o * neurons + n] : (o, n) => data[n * outputs + o];
}

/** b[o]; 0 without a bias. */
export function biasOf({ bias }: DerivedLayer, read: ReadValue, outputs: number): (output: number) => number {
  if (!bias) return () => 0;
  const { data } = read(bias);
  return data.length === outputs ? (o) => data[o] : () => data[0];
}

/**
 * conv(x_i, K[o, i]) + b[o] / inputs, or the transposed convolution, at the resolution of its result. With groups, `inputs` are
 * those that reach the output, and i counts within the group.
 */
export function responsesOf(layer: ConvolutionLayer, read: ReadValue): (neuron: number) => Plane {
  const { operation } = layer;
  const { stride, dilation, padding, groups } = operation.attributes;
  const x = read(layer.input);
  const kernel = read(layer.weight);
  const [, outputs, height, width] = operation.shape;
  const [, , rows, columns] = x.shape;
  const [first, second, k, l] = kernel.shape;
  const bias = biasOfPlaces(layer, read);
  const window = { size: [k, l], stride, dilation, padding } as const;
  const perGroup = outputs / groups;
  const inputs = layer.transposed ? first / groups : second;
  return (neuron) => {
    const [i, o] = [Math.floor(neuron / outputs), neuron % outputs];
    const channel = Math.floor(o / perGroup) * inputs + i;
    const start = channel * rows * columns;
    const image = plane(rows, columns, x.data.subarray(start, start + rows * columns));
    const at = (layer.transposed ? channel * second + (o % perGroup) : o * second + i) * k * l;
    const taps = (tap: number) => kernel.data[at + tap];
    const move = layer.transposed ? spreadPlane : correlatePlane;
    return move(image, window, height, width, taps, (place) => bias(o, place) / inputs);
  };
}

/** A convolution's bias at an output and place: of one number for all, one per output, or one for each place too. */
function biasOfPlaces(layer: ConvolutionLayer, read: ReadValue): (output: number, place: number) => number {
  if (!layer.bias) return () => 0;
  const { data } = read(layer.bias);
  const [, outputs, height, width] = layer.operation.shape;
  if (data.length === 1) return () => data[0];
  const { shape } = layer.bias;
  // Where a place is found along [outputs, height, width], counted from the last axis; 0 along what the bias repeats.
  const steps = [outputs, height, width].map((extent, axis) =>
    shape.at(axis - 3) === extent ? sizeOf(shape.slice(shape.length - 2 + axis)) : 0,
  );
  return (output, place) => data[output * steps[0] + Math.floor(place / width) * steps[1] + (place % width) * steps[2]];
}

/** The way to the picture for planes of one layer; held factors are averaged once. */
function prepareWay({ steps, picture }: Way, read: ReadValue): (first: Plane, output: number) => Plane {
  const run = steps.map((step) => prepareStep(step, read));
  return (first, output) => {
    const planes = [first];
    for (const step of run) planes.push(step(planes, output));
    return planes[picture];
  };
}

function prepareStep(step: Step, read: ReadValue): (planes: readonly Plane[], output: number) => Plane {
  switch (step.kind) {
    case 'function': {
      const f = zeroed(step.f);
      return (planes) => mapPlane(planes[step.of], f);
    }
    case 'sum':
      return (planes) => {
        const [{ plane: first }] = step.of;
        return mapPlane(planes[first], (_, p) =>
          step.of.reduce((sum, { plane, sign }) => sum + sign * planes[plane].data[p], 0),
        );
      };
    case 'scatter':
      return (planes, output) => scatterPlane(planes[step.of], step.scale, output % step.scale ** 2);
    case 'upsample':
      return (planes) => nearestPlane(planes[step.of], step.scale);
    case 'resize':
      return (planes) => resizePlane(planes[step.of], step.height, step.width, step.method);
    case 'mean': {
      const share = 1 / (step.window.size[0] * step.window.size[1]);
      return (planes) => correlatePlane(planes[step.of], step.window, step.height, step.width, () => share);
    }
    case 'spread': {
      const { size, stride } = step.window;
      const share = (stride[0] * stride[1]) / (size[0] * size[1]);
      return (planes) => spreadPlane(planes[step.of], step.window, step.height, step.width, () => share);
    }
    case 'factor': {
      let mean: ((pixel: number) => number) | undefined;
      return (planes) => {
        const { height, width } = planes[step.of];
        mean ??= channelMean(read(step.by), step, height, width);
        const held = mean;
        return mapPlane(planes[step.of], (u, p) => (step.divide ? u / held(p) : u * held(p)));
      };
    }
    case 'choice': {
      let share: ((pixel: number) => number) | undefined;
      return (planes) => {
        const { height, width } = planes[step.of];
        if (!share) {
          share = channelMean(chosenOf(read(step.by), step.otherwise), step, height, width);
        }
        const held = share;
        return mapPlane(planes[step.of], (u, p) => u * held(p));
      };
    }
    case 'winner':
      return linear(step, () => pooledWinners(read(step.by), step));
    case 'sample':
      return linear(step, ({ height, width }) => sampledPlaces(read(step.by), step, height, width));
    case 'mix':
      return linear(step, ({ height, width }) => mixedPixels(read(step.by), step.transposed, height, width));
    case 'take':
      return (planes) => takePlane(planes[step.of], step.rows, step.columns);
    case 'crop':
      return (planes) => cropPlane(planes[step.of], step.top, step.left, step.height, step.width);
  }
}

/** 1 where a condition holds, or with `otherwise` where it does not; else 0. */
export function chosenOf({ shape, data }: NdArray, otherwise: boolean): NdArray {
  return { shape, data: data.map((value) => Number((value !== 0) !== otherwise)) };
}

/** A linear map that is made of held values once, for all planes. */
function linear(step: { readonly of: number }, make: (like: Plane) => (input: Plane) => Plane) {
  let map: ((input: Plane) => Plane) | undefined;
  return (planes: readonly Plane[]) => {
    map ??= make(planes[step.of]);
    return map(planes[step.of]);
  };
}

/** A value's mean over all axes but rows and columns, at each pixel. */
export function channelMean(
  { shape, data }: NdArray,
  { axes, rank }: Extract<Step, { kind: 'factor' | 'choice' }>,
  height: number,
  width: number,
): (pixel: number) => number {
  const full = [...Array<number>(rank - shape.length).fill(1), ...shape];
  const sums = new Float64Array(height * width);
  const counts = new Float64Array(height * width);
  const at = new Array<number>(rank).fill(0);
  for (const value of data) {
    const [row, column] =
      'pixels' in axes
        ? [Math.floor(at[axes.pixels] / width), at[axes.pixels] % width]
        : [at[axes.rows], at[axes.columns]];
    sums[row * width + column] += value;
    counts[row * width + column]++;
    for (let axis = rank - 1; axis >= 0; axis--) {
      if (++at[axis] < full[axis]) break;
      at[axis] = 0;
    }
  }
  const varies = (axis: number) => full[axis] > 1;
  const byRow = 'pixels' in axes ? varies(axes.pixels) : varies(axes.rows);
  const byColumn = 'pixels' in axes ? varies(axes.pixels) : varies(axes.columns);
  return (pixel) => {
    const row = byRow ? Math.floor(pixel / width) : 0;
    const column = byColumn ? pixel % width : 0;
    return sums[row * width + column] / counts[row * width + column];
  };
}
