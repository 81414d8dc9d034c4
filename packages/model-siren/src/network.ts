import {
  applyOutput,
  type CheckpointLayout,
  chooseTraining,
  deriveHooks,
  frameCoordinate,
  type Inr,
  type InrProgram,
  type LayerName,
  type NdArray,
  ndarray,
  type Ops,
  type ParameterSpec,
  pixelCoordinates,
  type SignalShape,
} from '@xinc/core';
import type { Dense, Family, SharedConfig } from './family.js';
import { layoutsOf } from './layouts.js';

const COORDINATES = 'coordinates';
const CHANNELS = ['red', 'green', 'blue'];

const weightOf = ({ name }: Pick<Dense, 'name'>): string => `${name}.weight`;
const biasOf = ({ name }: Pick<Dense, 'name'>): string => `${name}.bias`;

/**
 * A network of pixel coordinates: dense layers, each with the family's activation, the last without one. Of a video the
 * frame's place is a third coordinate.
 */
export function buildCoordinateNetwork<C extends SharedConfig>(family: Family<C>, config: C, signal: SignalShape): Inr {
  const dimensions = signal.kind === 'video' ? 3 : 2;
  const { hidden, last } = layersOf(family, config, dimensions);
  const products = [...hidden.flat(), last];
  const program: InrProgram = {
    signal,
    sampling: 'pixels',
    parameters: products.flatMap(parametersOf),
    inputs: ([frame], pixels): Record<string, NdArray> => ({
      [COORDINATES]: ndarray([pixels!.length, dimensions], coordinatesOf(signal, frame, pixels!, config)),
    }),
    forward: (ops, parameters, inputs) => {
      let x = family.encode?.(ops, inputs[COORDINATES], config) ?? inputs[COORDINATES];
      for (const [position, layer] of hidden.entries()) {
        x = family.activate(
          ops,
          layer.map((product) => dense(ops, x, parameters, product)),
          config,
          position,
        );
      }
      return { output: applyOutput(ops, dense(ops, x, parameters, last), config.output) };
    },
  };
  const names = layerNames(family, hidden, last, dimensions);
  const { layers, recorded, untraced } = deriveHooks(program, { name: (_weight, position) => names[position] });
  const { learningRate, decay, steps, batch } = config;
  return {
    ...program,
    layers,
    recorded,
    untraced,
    training: chooseTraining(config, family.rates, {
      optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      learningRate,
      schedule: (progress) => decay ** progress,
      steps,
      batch,
    }),
    checkpoints: checkpointsOf(hidden, last, family.stated ?? []),
  };
}

interface Layers {
  /** Products of each hidden layer, input side first. */
  readonly hidden: readonly (readonly Dense[])[];
  readonly last: Dense;
}

function layersOf<C extends SharedConfig>(family: Family<C>, config: C, dimensions: number): Layers {
  const { width, layers } = config;
  const inputsAt = (position: number) => (position === 0 ? family.features(dimensions, config) : width);
  return {
    hidden: Array.from({ length: layers - 1 }, (_, position) =>
      family.hidden({ position, inputs: inputsAt(position), outputs: width }, config),
    ),
    last: {
      name: `layer${layers}`,
      inputs: width,
      outputs: CHANNELS.length,
      ...family.last(width, config),
    },
  };
}

/** [P, 2] of an image, [P, 3] of a video's frame. */
function coordinatesOf(signal: SignalShape, frame: number, pixels: Uint32Array, config: SharedConfig): Float32Array {
  const places = pixelCoordinates(signal, pixels, config);
  if (signal.kind !== 'video') return places;
  const [at, first] = config.time === 'first' ? [0, 1] : [2, 0];
  const time = frameCoordinate(frame, signal.frames, config.coordinates);
  const found = new Float32Array(3 * pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    found[3 * i + at] = time;
    found[3 * i + first] = places[2 * i];
    found[3 * i + first + 1] = places[2 * i + 1];
  }
  return found;
}

function parametersOf(product: Dense): ParameterSpec[] {
  const { inputs, outputs, weightBound, biasBound } = product;
  // As PyTorch draws them: the real and the imaginary part of one number after the other.
  const parts = product.complex ? [2] : [];
  return [
    {
      name: weightOf(product),
      shape: [outputs, inputs, ...parts],
      init: { kind: 'uniform', bound: weightBound },
      trainable: true,
    },
    {
      name: biasOf(product),
      shape: [outputs, ...parts],
      init: { kind: 'uniform', bound: biasBound },
      trainable: true,
      absent: 'zero',
    },
  ];
}

function dense<T>(ops: Ops<T>, x: T, parameters: Readonly<Record<string, T>>, product: Dense): T {
  const [weight, bias] = [parameters[weightOf(product)], parameters[biasOf(product)]];
  const [w, b] = product.complex ? realProduct(ops, weight, bias, product.complex) : [weight, bias];
  return ops.add(ops.matMul(x, w, { transposeB: true }), b);
}

/**
 * The real matrix that multiplies [Re x, Im x] as W = A + iB multiplies x, and its bias: [[A, −B], [B, A]], or its upper half
 * for the real part alone.
 * @param weight [out, in, 2]
 * @param bias [out, 2]
 */
function realProduct<T>(ops: Ops<T>, weight: T, bias: T, kept: NonNullable<Dense['complex']>): readonly [T, T] {
  const [outputs, inputs] = ops.shapeOf(weight);
  const [re, im] = [0, 1].map((part) =>
    ops.reshape(ops.slice(weight, [0, 0, part], [outputs, inputs, 1]), [outputs, inputs]),
  );
  const upper = ops.concat([re, ops.neg(im)], 1);
  const biases = ops.transpose(bias, [1, 0]);
  if (kept === 'real part') return [upper, ops.reshape(ops.slice(biases, [0, 0], [1, outputs]), [outputs])];
  return [ops.concat([upper, ops.concat([im, re], 1)], 0), ops.reshape(biases, [2 * outputs])];
}

/** What the traced layers are called, in the order of the program. */
function layerNames(
  { neurons }: Pick<Family<SharedConfig>, 'neurons'>,
  hidden: Layers['hidden'],
  last: Dense,
  dimensions: number,
): readonly LayerName[] {
  const what = (position: number, { inputs, complex }: Dense) => {
    if (position === 0) return inputs === dimensions ? `${inputs} coordinates` : `${inputs} features`;
    return complex ? `real and imaginary parts of ${inputs} ${neurons}` : `${inputs} ${neurons}`;
  };
  return [...hidden, [last]].flatMap((products, position) =>
    products.map((product) => ({
      id: product.name,
      label: `${label(product.name)} · ${what(position, product)}`,
      ...(product === last && { channels: CHANNELS }),
    })),
  );
}

/** `layer2.scale` → "Layer 2, scale". */
function label(name: string): string {
  const [layer, part] = name.split('.');
  return [`Layer ${layer.slice('layer'.length)}`, ...(part ? [part] : [])].join(', ');
}

function checkpointsOf(hidden: Layers['hidden'], last: Dense, stated: readonly string[]): CheckpointLayout[] {
  return layoutsOf(hidden.length, hidden[0].length).map(({ name, layerStem, hiddenStem, lastStem }) => ({
    name,
    ...(layerStem && { stated: hidden.flatMap((_, i) => stated.map((setting) => `${layerStem(i)}.${setting}`)) }),
    names: Object.fromEntries(
      [
        ...hidden.flatMap((products, i) => products.map((product) => [product, hiddenStem(i, product)] as const)),
        [last, lastStem] as const,
      ].flatMap(([product, stem]) => [
        [weightOf(product), `${stem}.weight`],
        [biasOf(product), `${stem}.bias`],
      ]),
    ),
  }));
}
