import type { Activation, ConvHook, Stage } from '@xinc/core';
import { type Architecture, type Block, CHANNELS, type Convolution } from './architecture.js';
import { inputOf, preactivationOf } from './forward.js';
import { biasOf, weightOf } from './parameters.js';

/** Every convolution as a traced layer of (in → out) kernels, `block1` first; method §3. */
export function layerHooks({ blocks, head, activation }: Architecture): ConvHook[] {
  return [
    ...blocks.map(
      (block, i): ConvHook => ({
        ...readsOf(block, `Block ${i + 1}`),
        shuffle: block.stride,
        activation,
        path: pathToPicture(blocks.slice(i + 1), head, activation),
      }),
    ),
    { ...readsOf(head, 'Head'), shuffle: 1, activation: null, path: [], channels: CHANNELS },
  ];
}

/** What both kinds of layer say of themselves. */
function readsOf({ id, inChannels, outChannels }: Convolution, title: string) {
  return {
    kind: 'conv',
    id,
    label: `${title} · ${inChannels} × ${outChannels} kernels`,
    input: inputOf(id),
    kernel: weightOf(id),
    bias: biasOf(id),
    preactivation: preactivationOf(id),
  } as const;
}

/**
 * What the blocks after a layer do to its contributions: box(k) → upsample(s) → activation each, then the head's box(k);
 * method §3, step 3. Steps that change nothing (a box of one pixel, a stride of 1) are left out.
 */
function pathToPicture(later: readonly Block[], head: Convolution, activation: Activation): Stage[] {
  return [
    ...later.flatMap((block): Stage[] => [
      ...box(block),
      ...(block.stride === 1 ? [] : [{ kind: 'upsample', scale: block.stride } as const]),
      { kind: 'activation', activation },
    ]),
    ...box(head),
  ];
}

function box({ kernelSize }: Convolution): Stage[] {
  return kernelSize === 1 ? [] : [{ kind: 'box', size: kernelSize }];
}
