import { applyActivation, applyOutput, type ForwardResult, type Ops } from '@xinc/core';
import type { Architecture, Convolution } from './architecture.js';
import { biasOf, hiddenOf, STEM, weightOf } from './parameters.js';

/** The network's one input: encoded frame indices, [B, 2·levels]. */
export const ENCODING = 'encoding';

/** Encoded frames to pictures [B, 3, H, W], not clamped; method §3. */
export function forward<T>(
  architecture: Architecture,
  ops: Ops<T>,
  parameters: Readonly<Record<string, T>>,
  inputs: Readonly<Record<string, T>>,
): ForwardResult<T> {
  const { stemWidths, stem, blocks, head } = architecture;
  const activate = applyActivation[architecture.activation];
  const convolve = (layer: Convolution, x: T): T => {
    const bias = ops.reshape(parameters[biasOf(layer.id)], [1, layer.outChannels, 1, 1]);
    const padding = (layer.kernelSize - 1) / 2;
    return ops.add(ops.conv2d(x, parameters[weightOf(layer.id)], { padding }), bias);
  };

  const dense = (layer: string, x: T): T =>
    activate(ops, ops.add(ops.matMul(x, parameters[weightOf(layer)], { transposeB: true }), parameters[biasOf(layer)]));

  const encoding = inputs[ENCODING];
  const features = stemWidths.reduce((x, _, i) => dense(hiddenOf(i + 1), x), encoding);
  const [batch] = ops.shapeOf(encoding);
  let x = ops.reshape(dense(STEM, features), [batch, stem.channels, stem.height, stem.width]);
  for (const block of blocks) {
    // The activation is elementwise, so it may come before the shuffle: gradients then meet it in the convolution’s layout.
    x = ops.depthToSpace(activate(ops, convolve(block, x)), block.stride);
  }
  return { output: applyOutput(ops, convolve(head, x), architecture.output) };
}
