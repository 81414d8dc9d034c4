import { applyOutput, type ForwardResult, type Ops } from '@xinc/core';
import { ACTIVATIONS } from './activations.js';
import type { Architecture, Convolution } from './architecture.js';
import { biasOf, EMBEDDINGS, weightOf } from './parameters.js';

/** The network's one input: which embeddings its frames are drawn from, [B]. */
export const EMBEDDING_INDEX = 'embeddingIndex';

/** Embeddings to pictures [B, 3, H, W], not clamped. */
export function forward<T>(
  architecture: Architecture,
  ops: Ops<T>,
  parameters: Readonly<Record<string, T>>,
  inputs: Readonly<Record<string, T>>,
): ForwardResult<T> {
  const { stem, blocks, head } = architecture;
  const activate = ACTIVATIONS[architecture.activation];
  const convolve = (layer: Convolution, x: T): T => {
    const bias = ops.reshape(parameters[biasOf(layer.id)], [1, layer.outChannels, 1, 1]);
    const padding = (layer.kernelSize - 1) / 2;
    return ops.add(ops.conv2d(x, parameters[weightOf(layer.id)], { padding }), bias);
  };

  let x = ops.gather(parameters[EMBEDDINGS], inputs[EMBEDDING_INDEX], 0);
  for (const layer of [stem, ...blocks]) {
    // The activation is elementwise, so it may come before the shuffle: gradients then meet it in the convolution’s layout.
    const activated = activate(ops, convolve(layer, x));
    x = layer.stride === 1 ? activated : ops.depthToSpace(activated, layer.stride);
  }
  return { output: applyOutput(ops, convolve(head, x), architecture.output) };
}
