import { type ParameterSpec, type Shape, sizeOf } from '@xinc/core';
import type { Architecture } from './architecture.js';

export const STEM = 'stem';

/** Names of a layer's parameters. */
export const weightOf = (layer: string): string => `${layer}.weight`;
export const biasOf = (layer: string): string => `${layer}.bias`;

/** Every parameter, input side first: the stem's weight is [D·h₀·w₀, 2·levels], a kernel [out, in, k, k]. */
export function parameterSpecs({ encoding, stem, blocks, head }: Architecture): ParameterSpec[] {
  return [
    ...layer(STEM, [stem.channels * stem.height * stem.width, 2 * encoding.levels]),
    ...[...blocks, head].flatMap(({ id, inChannels, outChannels, kernelSize }) =>
      layer(id, [outChannels, inChannels, kernelSize, kernelSize]),
    ),
  ];
}

/** PyTorch's initialisation of Linear and Conv2d: weights and biases alike uniform in ±1/√fan_in. */
function layer(id: string, shape: Shape): ParameterSpec[] {
  const [out, ...fanIn] = shape;
  const init = { kind: 'uniform', bound: 1 / Math.sqrt(sizeOf(fanIn)) } as const;
  return [
    { name: weightOf(id), shape, init, trainable: true },
    { name: biasOf(id), shape: [out], init, trainable: true },
  ];
}
