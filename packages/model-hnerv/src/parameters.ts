import { type ParameterSpec, type Shape, sizeOf } from '@xinc/core';
import type { Architecture, Convolution } from './architecture.js';

/** The embeddings of all frames, [frames, channels, rows, columns]. */
export const EMBEDDINGS = 'embeddings';

/** Names of a layer's parameters. */
export const weightOf = (layer: string): string => `${layer}.weight`;
export const biasOf = (layer: string): string => `${layer}.bias`;

/** Every convolution, input side first. */
export const convolutionsOf = ({ stem, blocks, head }: Architecture): readonly Convolution[] => [stem, ...blocks, head];

/** Every parameter, input side first: kernels are [out, in, k, k]. */
export function parameterSpecs(architecture: Architecture): ParameterSpec[] {
  const { count, channels, height, width } = architecture.embedding;
  return [
    {
      name: EMBEDDINGS,
      shape: [count, channels, height, width],
      init: { kind: 'normal', deviation: 1 },
      trainable: true,
      advice:
        "An HNeRV draws each frame from an embedding: save them beside the decoder, in PyTorch {'state_dict': model.state_dict(), 'embed': embeddings} of shape [frames, channels, rows, columns], or save its ConvNeXt encoder with it.",
    },
    ...convolutionsOf(architecture).flatMap(({ id, inChannels, outChannels, kernelSize }) =>
      layer(id, [outChannels, inChannels, kernelSize, kernelSize]),
    ),
  ];
}

/** PyTorch's initialisation of Conv2d: weights and biases alike uniform in ±1/√fan_in. */
function layer(id: string, shape: Shape): ParameterSpec[] {
  const [out, ...fanIn] = shape;
  const init = { kind: 'uniform', bound: 1 / Math.sqrt(sizeOf(fanIn)) } as const;
  return [
    { name: weightOf(id), shape, init, trainable: true },
    { name: biasOf(id), shape: [out], init, trainable: true, absent: 'zero' },
  ];
}
