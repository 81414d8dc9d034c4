import {
  type Arrays,
  deriveHooks,
  formatShape,
  frameCoordinate,
  type Inr,
  type InrProgram,
  type NdArray,
  ndarray,
  type Ops,
  pixelCoordinates,
  type Shape,
  type SignalShape,
  sizeOf,
  XincError,
} from '@xinc/core';
import type { OnnxConfig } from './config.js';
import type { OnnxInput } from './graph.js';
import { runGraph } from './run-graph.js';
import { samplingOf } from './sampling.js';

/** Parameters that hold what the network is fed. */
const ARRAY = 'fed:';

/**
 * A network of a file, for one signal.
 * @throws XincError `unsupported` for what the file holds and is not read, `invalid-option` where it does not draw the signal
 */
export function buildOnnx(config: OnnxConfig, signal: SignalShape): Inr {
  const program = programOf(config, signal);
  const { layers, recorded, untraced } = deriveHooks(program, { name: layerName });
  if (layers.length === 0) {
    const [first] = untraced;
    throw new XincError('unsupported', 'No layer of the network can be traced', {
      hint: first ? `Of ${untraced.length}, '${first.id}': ${first.why}.` : 'It multiplies nothing with a weight.',
    });
  }
  return {
    ...program,
    layers,
    recorded,
    untraced,
    // It is imported as it was trained; training goes on as most networks do.
    training: {
      optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      learningRate: 1e-4,
      schedule: () => 1,
      steps: 1,
      batch: program.sampling === 'frames' ? 1 : 65_536,
    },
  };
}

/** Names that exporters make up say nothing of the layer. */
function layerName(weight: string | undefined, position: number) {
  const anonymous = weight === undefined || /^(onnx::.*|val_\d+|\d+|_to_copy.*|t(_\d+)?)$/.test(weight);
  return anonymous ? { id: `layer${position + 1}` } : { id: safeId(weight.replace(/[._]weight$/, '')) };
}

/** A name that can be a file's. */
function safeId(name: string): string {
  return name.replace(/[^\w.-]+/g, '_').replace(/^[.]+/, '') || 'layer';
}

function programOf(config: OnnxConfig, signal: SignalShape): InrProgram {
  const { network, range } = config;
  if (!network) {
    throw new XincError('invalid-option', "The model 'onnx' is a file's network, and no file was read", {
      subject: 'network',
      hint: 'Make a run of it with xinc import network.onnx `signal: FILE`.',
    });
  }
  const { graph, weights, arrays } = network;
  const sampling = samplingOf(network, signal);
  const parameters = [
    ...Object.entries(weights).map(([name, shape]) => parameter(name, shape, true)),
    ...Object.entries(arrays).map(([name, shape]) => parameter(ARRAY + name, shape, false)),
  ];
  return {
    signal,
    sampling,
    parameters,
    inputs: (frames, pixels, fixed) =>
      Object.fromEntries(
        graph.inputs.map((input) => [
          input.name,
          arrays[input.name]
            ? rowsOf(arrays[input.name], fixed?.[ARRAY + input.name], frames, pixels, signal)
            : coordinatesOf(input, config, frames, pixels, signal),
        ]),
      ),
    forward<T>(ops: Ops<T>, values: Readonly<Record<string, T>>, inputs: Readonly<Record<string, T>>) {
      const fed = Object.fromEntries(
        graph.inputs.map((input) => [input.name, asDeclared(ops, inputs[input.name], input)]),
      );
      const own = Object.fromEntries(Object.keys(weights).map((name) => [name, values[name]]));
      const picture = runGraph(graph, ops, { ...own, ...fed });
      const flat = sampling === 'pixels' ? withoutLeading(ops, picture) : picture;
      const [low, high] = range;
      const scaled = low === 0 && high === 1 ? flat : ops.div(ops.sub(flat, low), high - low);
      return { output: scaled };
    },
  };
}

const parameter = (name: string, shape: Shape, trainable: boolean) => ({
  name,
  shape,
  init: { kind: 'constant', value: 0 } as const,
  trainable,
});

/** A network of pixels may put an axis of one batch before its rows. */
function asDeclared<T>(ops: Ops<T>, x: T, { shape }: OnnxInput): T {
  const found = ops.shapeOf(x);
  return shape.length === found.length + 1 && shape[0] === 1 ? ops.reshape(x, [1, ...found]) : x;
}

function withoutLeading<T>(ops: Ops<T>, picture: T): T {
  const shape = ops.shapeOf(picture);
  return shape.length === 3 && shape[0] === 1 ? ops.reshape(picture, shape.slice(1)) : picture;
}

/** Rows of an array that the user gave: of the frames, or of a frame's pixels. */
function rowsOf(
  shape: Shape,
  array: NdArray | undefined,
  frames: readonly number[],
  pixels: Uint32Array | undefined,
  { height, width }: SignalShape,
): NdArray {
  const area = height * width;
  const perFrame = pixels !== undefined && shape.length > 2 && shape[1] === area;
  const rest = shape.slice(perFrame ? 2 : 1);
  const rows = pixels ? [...pixels].map((p) => (perFrame ? frames[0] * area : 0) + p) : frames;
  const size = sizeOf(rest);
  const values = new Float32Array(rows.length * size);
  for (const [i, row] of rows.entries()) {
    if (array) values.set(array.data.subarray(row * size, (row + 1) * size), i * size);
    // Only shapes are asked for; frames have to differ all the same.
    else values.fill(row, i * size, (i + 1) * size);
  }
  return ndarray([rows.length, ...rest], values);
}

/** Coordinates [P, 2], or [P, 3] with the frame's, where the user gave no arrays. */
function coordinatesOf(
  { name, shape }: OnnxInput,
  config: OnnxConfig,
  frames: readonly number[],
  pixels: Uint32Array | undefined,
  signal: SignalShape,
): NdArray {
  const [, channels, rows, columns] = shape;
  const isGrid = (rows ?? signal.height) === signal.height && (columns ?? signal.width) === signal.width;
  if (!pixels && shape.length === 4 && (channels === 2 || channels === 3) && isGrid) {
    return gridOf(channels, config, frames, signal);
  }
  const axes = shape[shape.length - 1] ?? 2;
  if (!pixels || (axes !== 2 && axes !== 3)) {
    throw new XincError('invalid-option', `The network reads '${name}' (${describe(shape)}), which is not given`, {
      subject: 'inputs',
      hint: 'Give the arrays it is fed, by name, as an .npz file: `inputs: inputs.npz`.',
    });
  }
  const flat = pixelCoordinates(signal, pixels, config);
  if (axes === 2) return ndarray([pixels.length, 2], flat);
  const time = frameCoordinate(frames[0], signal.frames, config.coordinates);
  const values = new Float32Array(3 * pixels.length);
  for (let i = 0; i < pixels.length; i++) values.set([flat[2 * i], flat[2 * i + 1], time], 3 * i);
  return ndarray([pixels.length, 3], values);
}

/** Coordinates of a frame's pixels as an image [B, 2 or 3, H, W]. */
function gridOf(channels: number, config: OnnxConfig, frames: readonly number[], signal: SignalShape): NdArray {
  const { height, width } = signal;
  const area = height * width;
  const flat = pixelCoordinates(
    signal,
    Uint32Array.from({ length: area }, (_, p) => p),
    config,
  );
  const grid = ndarray([frames.length, channels, height, width]);
  for (const [b, frame] of frames.entries()) {
    for (let p = 0; p < area; p++) {
      for (let axis = 0; axis < 2; axis++) grid.data[(b * channels + axis) * area + p] = flat[2 * p + axis];
      if (channels === 3) grid.data[(b * 3 + 2) * area + p] = frameCoordinate(frame, signal.frames, config.coordinates);
    }
  }
  return grid;
}

const describe = (shape: readonly (number | null)[]): string => formatShape(shape.map((extent) => extent ?? 1));

/** Values of the parameters that hold what the network is fed. */
export function arraysAsParameters(arrays: Arrays): Arrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [ARRAY + name, array]));
}
