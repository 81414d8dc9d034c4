import {
  type CheckpointLayout,
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
      return { output: picture(ops, dense(ops, x, parameters, last), config.output) };
    },
  };
  const names = layerNames(family, hidden, last, dimensions);
  const { layers, recorded, untraced } = deriveHooks(program, { name: (weight) => names.get(weight ?? '') });
  const { learningRate, decay, steps, batch } = config;
  return {
    ...program,
    layers,
    recorded,
    untraced,
    training: {
      optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      learningRate,
      schedule: (progress) => decay ** progress,
      steps,
      batch,
    },
    checkpoints: checkpointsOf(hidden, last),
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
  return [
    {
      name: weightOf(product),
      shape: [outputs, inputs],
      init: { kind: 'uniform', bound: weightBound },
      trainable: true,
    },
    {
      name: biasOf(product),
      shape: [outputs],
      init: { kind: 'uniform', bound: biasBound },
      trainable: true,
      absent: 'zero',
    },
  ];
}

function dense<T>(ops: Ops<T>, x: T, parameters: Readonly<Record<string, T>>, product: Dense): T {
  return ops.add(ops.matMul(x, parameters[weightOf(product)], { transposeB: true }), parameters[biasOf(product)]);
}

/** From the last layer z [P, 3] to the picture. */
function picture<T>(ops: Ops<T>, z: T, output: SharedConfig['output']): T {
  switch (output) {
    case 'none':
      return z;
    case 'signed':
      return ops.add(ops.mul(z, 0.5), 0.5);
    case 'half':
      return ops.add(z, 0.5);
    case 'sigmoid':
      return ops.sigmoid(z);
    case 'tanh':
      return ops.add(ops.mul(ops.tanh(z), 0.5), 0.5);
  }
}

/** What the traced layers are called, by their weights. */
function layerNames(
  { neurons }: Pick<Family<SharedConfig>, 'neurons'>,
  hidden: Layers['hidden'],
  last: Dense,
  dimensions: number,
): ReadonlyMap<string, LayerName> {
  const what = (position: number, inputs: number) =>
    position > 0 ? neurons : inputs === dimensions ? 'coordinates' : 'features';
  const all = [...hidden, [last]];
  return new Map(
    all.flatMap((products, position) =>
      products.map((product): [string, LayerName] => [
        weightOf(product),
        {
          id: product.name,
          label: `${label(product.name)} · ${product.inputs} ${what(position, product.inputs)}`,
          ...(product === last && { channels: CHANNELS }),
        },
      ]),
    ),
  );
}

/** `layer2.scale` → "Layer 2, scale". */
function label(name: string): string {
  const [layer, part] = name.split('.');
  return [`Layer ${layer.slice('layer'.length)}`, ...(part ? [part] : [])].join(', ');
}

function checkpointsOf(hidden: Layers['hidden'], last: Dense): CheckpointLayout[] {
  return layoutsOf(hidden.length, hidden[0].length).map(({ name, hiddenStem, lastStem }) => ({
    name,
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
