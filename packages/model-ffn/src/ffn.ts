import {
  type CheckpointLayout,
  type DenseHook,
  type ForwardResult,
  type Inr,
  type NdArray,
  ndarray,
  type Ops,
  type ParameterSpec,
  type SignalShape,
  XincError,
} from '@xinc/core';
import type { FfnConfig } from './config.js';
import { pixelCoordinates } from './coordinates.js';
import { biasOf, FREQUENCIES, weightOf } from './parameters.js';

const COORDINATES = 'coordinates';
const CHANNELS = ['red', 'green', 'blue'];

/** γ(x) = [sin(2π B x), cos(2π B x)], then dense layers with ReLU between them, no activation at the end (method §2). */
export function buildFfn(config: FfnConfig, signal: SignalShape): Inr {
  if (signal.kind !== 'image') {
    throw new XincError('unsupported', 'An FFN represents one image, and this is a video', {
      subject: 'model',
      hint: 'Use --model nerv, or give one picture.',
    });
  }
  const layers = denseLayers(config);
  return {
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
      [COORDINATES]: ndarray([pixels!.length, 2], pixelCoordinates(signal, pixels!)),
    }),
    forward: (ops, parameters, inputs) => forward(ops, layers, parameters, inputs[COORDINATES]),
    layers: layers.map((layer) => layerHook(layer, layers.length)),
    training: {
      optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      learningRate: config.learningRate,
      schedule: () => 1,
      steps: config.steps,
      batch: config.batch,
    },
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

const inputOf = ({ number }: DenseLayer) => `layer${number}.input`;
const preactivationOf = ({ number }: DenseLayer) => `layer${number}.preactivation`;

/** PyTorch's default for a linear layer: weights and biases U(±1/√fan_in). */
function layerParameters(layer: DenseLayer): ParameterSpec[] {
  const init = { kind: 'uniform', bound: 1 / Math.sqrt(layer.inputs) } as const;
  return [
    { name: weightOf(layer.number), shape: [layer.outputs, layer.inputs], init, trainable: true },
    { name: biasOf(layer.number), shape: [layer.outputs], init, trainable: true },
  ];
}

function forward<T>(
  ops: Ops<T>,
  layers: readonly DenseLayer[],
  parameters: Readonly<Record<string, T>>,
  coordinates: T,
): ForwardResult<T> {
  const angles = ops.mul(ops.matMul(coordinates, parameters[FREQUENCIES], { transposeB: true }), 2 * Math.PI);
  const activations: Record<string, T> = {};
  let x = ops.concat([ops.sin(angles), ops.cos(angles)], 1);
  let output = x;
  for (const layer of layers) {
    activations[inputOf(layer)] = x;
    output = ops.add(
      ops.matMul(x, parameters[weightOf(layer.number)], { transposeB: true }),
      parameters[biasOf(layer.number)],
    );
    activations[preactivationOf(layer)] = output;
    x = ops.relu(output);
  }
  return { output, activations };
}

function layerHook(layer: DenseLayer, layers: number): DenseHook {
  const last = layer.number === layers;
  const what = layer.number === 1 ? 'Fourier features' : 'neurons';
  return {
    kind: 'dense',
    id: `layer${layer.number}`,
    label: `Layer ${layer.number} · ${layer.inputs} ${what}`,
    input: inputOf(layer),
    weight: weightOf(layer.number),
    bias: biasOf(layer.number),
    preactivation: preactivationOf(layer),
    activation: last ? null : 'relu',
    ...(last && { channels: CHANNELS }),
  };
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
