import {
  applyActivation,
  applyOutput,
  type CheckpointLayout,
  chooseTraining,
  deriveHooks,
  type Inr,
  type InrProgram,
  type LayerName,
  type NdArray,
  ndarray,
  type Ops,
  type ParameterSpec,
  pixelCoordinates,
  type SignalShape,
  XincError,
} from '@xinc/core';
import { type FfnConfig, RATES } from './config.js';
import { biasOf, FREQUENCIES, weightOf } from './parameters.js';

const COORDINATES = 'coordinates';
const CHANNELS = ['red', 'green', 'blue'];

/**
 * γ(x) = [sin(2π B x), cos(2π B x)], then dense layers with ReLU between them, no activation at the end (method §2); the settings
 * give it the conventions of other code.
 */
export function buildFfn(config: FfnConfig, signal: SignalShape): Inr {
  if (signal.kind !== 'image') {
    throw new XincError('unsupported', 'An FFN represents one image, and this is a video', {
      subject: 'model',
      hint: 'Use `model: nerv`, or give one picture.',
    });
  }
  const layers = denseLayers(config);
  const program: InrProgram = {
    signal,
    sampling: 'pixels',
    parameters: [
      {
        name: FREQUENCIES,
        shape: [config.fourierFeatures, 2],
        init: { kind: 'normal', deviation: config.fourierScale },
        trainable: false,
      },
      ...layers.flatMap(layerParameters),
    ],
    inputs: (_frames, pixels): Record<string, NdArray> => ({
      [COORDINATES]: ndarray([pixels!.length, 2], pixelCoordinates(signal, pixels!, config)),
    }),
    forward: (ops, parameters, inputs) => ({ output: forward(ops, config, layers, parameters, inputs[COORDINATES]) }),
  };
  const derived = deriveHooks(program, { name: layerNames(layers) });
  return {
    ...program,
    layers: derived.layers,
    recorded: derived.recorded,
    training: chooseTraining(config, RATES, {
      optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      learningRate: config.learningRate,
      schedule: () => 1,
      steps: config.steps,
      batch: config.batch,
    }),
    checkpoints: publishedLayouts(layers),
  };
}

interface DenseLayer {
  /** From 1, as the paper counts. */
  readonly number: number;
  readonly inputs: number;
  readonly outputs: number;
}

function denseLayers({ layers, width, widths, fourierFeatures }: FfnConfig): DenseLayer[] {
  const hidden = widths ?? Array<number>(layers - 1).fill(width);
  const outputs = [...hidden, CHANNELS.length];
  return outputs.map((count, i) => ({
    number: i + 1,
    inputs: i === 0 ? 2 * fourierFeatures : outputs[i - 1],
    outputs: count,
  }));
}

/** PyTorch's default for a linear layer: weights and biases U(±1/√fan_in). */
function layerParameters(layer: DenseLayer): ParameterSpec[] {
  const init = { kind: 'uniform', bound: 1 / Math.sqrt(layer.inputs) } as const;
  return [
    { name: weightOf(layer.number), shape: [layer.outputs, layer.inputs], init, trainable: true },
    { name: biasOf(layer.number), shape: [layer.outputs], init, trainable: true, absent: 'zero' },
  ];
}

const PHASE_FACTORS: { readonly [K in FfnConfig['phaseFactor']]: number } = { '2pi': 2 * Math.PI, pi: Math.PI, 1: 1 };

function forward<T>(
  ops: Ops<T>,
  config: FfnConfig,
  layers: readonly DenseLayer[],
  parameters: Readonly<Record<string, T>>,
  coordinates: T,
): T {
  const turns = ops.matMul(coordinates, parameters[FREQUENCIES], { transposeB: true });
  const angles = ops.mul(turns, PHASE_FACTORS[config.phaseFactor]);
  let x = features(ops, angles, config.featureOrder);
  let output = x;
  for (const layer of layers) {
    output = ops.add(
      ops.matMul(x, parameters[weightOf(layer.number)], { transposeB: true }),
      parameters[biasOf(layer.number)],
    );
    x = applyActivation[config.activation](ops, output);
  }
  return applyOutput(ops, output, config.output);
}

/** Sines and cosines of angles [P, F], as one matrix [P, 2·F]. */
function features<T>(ops: Ops<T>, angles: T, order: FfnConfig['featureOrder']): T {
  const [sines, cosines] = [ops.sin(angles), ops.cos(angles)];
  if (order === 'sines-first') return ops.concat([sines, cosines], 1);
  if (order === 'cosines-first') return ops.concat([cosines, sines], 1);
  const [pixels, frequencies] = ops.shapeOf(angles);
  const column = (values: T) => ops.reshape(values, [pixels, frequencies, 1]);
  return ops.reshape(ops.concat([column(sines), column(cosines)], 2), [pixels, 2 * frequencies]);
}

/** What the traced layers are called, by their weights; the frequencies make features of two coordinates and are not shown. */
function layerNames(layers: readonly DenseLayer[]): (weight: string | undefined) => LayerName | null {
  const names = new Map(
    layers.map((layer): [string, LayerName] => {
      const what = layer.number === 1 ? 'Fourier features' : 'neurons';
      return [
        weightOf(layer.number),
        {
          id: `layer${layer.number}`,
          label: `Layer ${layer.number} · ${layer.inputs} ${what}`,
          ...(layer.number === layers.length && { channels: CHANNELS }),
        },
      ];
    }),
  );
  return (weight) => names.get(weight ?? '') ?? null;
}

/** How the paper's code and plain PyTorch stacks name the parameters. */
function publishedLayouts(layers: readonly DenseLayer[]): CheckpointLayout[] {
  const named = (frequencies: string, stem: (i: number) => string) => ({
    [FREQUENCIES]: frequencies,
    ...Object.fromEntries(
      layers.flatMap((layer, i) => [
        [weightOf(layer.number), `${stem(i)}.weight`],
        [biasOf(layer.number), `${stem(i)}.bias`],
      ]),
    ),
  });
  return [
    { name: 'published', names: named('positional_encoding.B', (i) => `net.${i}.linear`) },
    { name: 'sequential', names: named('B', (i) => `net.${2 * i}`) },
  ];
}
