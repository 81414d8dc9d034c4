import { type ParameterSpec, type Shape, sizeOf } from '@xinc/core';
import type { Architecture } from './architecture.js';

export const STEM = 'stem';
/** A dense layer before the stem, counted from 1. */
export const hiddenOf = (number: number): string => `stem.hidden${number}`;

/** Names of a layer's parameters. */
export const weightOf = (layer: string): string => `${layer}.weight`;
export const biasOf = (layer: string): string => `${layer}.bias`;

/** Every parameter, input side first: a dense weight is [out, in], the stem's [D·h₀·w₀, in], a kernel [out, in, k, k]. */
export function parameterSpecs({ encoding, stemWidths, stem, blocks, head }: Architecture): ParameterSpec[] {
  const features = [2 * encoding.levels, ...stemWidths];
  return [
    ...stemWidths.flatMap((outputs, i) => layer(hiddenOf(i + 1), [outputs, features[i]])),
    ...layer(STEM, [stem.channels * stem.height * stem.width, features[stemWidths.length]]),
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
    { name: biasOf(id), shape: [out], init, trainable: true, absent: 'zero' },
  ];
}
