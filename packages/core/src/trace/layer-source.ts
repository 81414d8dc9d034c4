import type { ConvSource, DenseSource } from '@xinc/kernels';
import type { Arrays } from '../engine.js';
import type { ConvHook, DenseHook, Inr, LayerHook } from '../inr.js';
import type { NeuronNumbering } from '../neuron-name.js';

/** What a dense layer and a pixel list or rectangle give the kernels. */
export interface DensePixels {
  readonly pixels: number;
  /** Pixels per row, where they form a rectangle. */
  readonly width?: number;
}

/**
 * A dense layer for the kernels (method §2): per neuron, scale Σ_o W[o,n] and offset (Σ_o b[o]) / N; or with `output`,
 * the contributions to that output alone, before any activation.
 * @param activations of these pixels, [P, N]
 */
export function denseSource(
  hook: DenseHook,
  parameters: Arrays,
  activations: Arrays,
  { pixels, width }: DensePixels,
  output?: number,
): DenseSource & Pick<DenseHook, 'activation'> {
  const weight = parameters[hook.weight];
  const bias = parameters[hook.bias].data;
  const [outputs, neurons] = weight.shape;
  const chosen = output === undefined ? Array.from({ length: outputs }, (_, o) => o) : [output];
  const scale = new Float64Array(neurons);
  for (const o of chosen) {
    for (let n = 0; n < neurons; n++) scale[n] += weight.data[o * neurons + n];
  }
  return {
    kind: 'dense',
    input: activations[hook.input].data,
    pixels,
    neurons,
    scale: Float32Array.from(scale),
    offset: chosen.reduce((sum, o) => sum + bias[o], 0) / neurons,
    activation: output === undefined ? hook.activation : null,
    ...(width !== undefined && { width }),
  };
}

/**
 * A convolution for the kernels (method §3).
 * @param activations of one frame, [1, C, h, w]
 */
export function convSource(hook: ConvHook, parameters: Arrays, activations: Arrays): ConvSource {
  const kernel = parameters[hook.kernel];
  const [outChannels, , kernelSize] = kernel.shape;
  const [, channels, height, width] = activations[hook.input].shape;
  return {
    kind: 'conv',
    input: activations[hook.input].data,
    inputShape: [channels, height, width],
    kernel: kernel.data,
    outChannels,
    kernelSize,
    bias: parameters[hook.bias].data,
    shuffle: hook.shuffle,
    activation: hook.activation,
    path: hook.path,
  };
}

/** Number of neurons of a layer: inputs of a dense one, kernels of a convolution. */
export function neuronCount({ parameters }: Pick<Inr, 'parameters'>, hook: LayerHook): number {
  if (hook.kind === 'custom' || hook.kind === 'derived') return hook.neurons;
  const shapeOf = (wanted: string) => parameters.find(({ name }) => name === wanted)!.shape;
  if (hook.kind === 'dense') return shapeOf(hook.weight)[1];
  const [outChannels, inChannels] = shapeOf(hook.kernel);
  return inChannels * outChannels;
}

/** How a layer's neurons are numbered. */
export function neuronNumbering(inr: Pick<Inr, 'parameters'>, hook: LayerHook): NeuronNumbering {
  const outputs =
    hook.kind === 'derived'
      ? hook.outputs
      : hook.kind === 'conv'
        ? inr.parameters.find(({ name }) => name === hook.kernel)!.shape[0]
        : undefined;
  return { neurons: neuronCount(inr, hook), ...(outputs !== undefined && { outputs }) };
}
