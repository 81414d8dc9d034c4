import type { CheckpointLayout } from '@xinc/core';
import type { Architecture } from './architecture.js';
import { biasOf, STEM, weightOf } from './parameters.js';

/** How a state dict names the layers; each has a `.weight` and a `.bias`. */
export interface Naming {
  readonly name: string;
  readonly stem: string;
  /** `block` counts from 1. */
  block(block: number): string;
  readonly head: string;
}

/** XINC's own names, as in a run's weights. */
export const ownNaming: Naming = { name: 'xinc', stem: STEM, block: (block) => `block${block}`, head: 'head' };

/** The names of the published HNeRV code base, which the paper's NeRVs were trained with. */
export const publishedNaming: Naming = {
  name: 'hnerv',
  stem: 'decoder.0.conv.downconv',
  block: (block) => `decoder.${block}.conv.upconv.0`,
  head: 'head_layer',
};

/** Parameter name → name in state dicts of this naming. */
export function checkpointLayout(naming: Naming, { blocks, head }: Architecture): CheckpointLayout {
  const layers: [own: string, published: string][] = [
    [STEM, naming.stem],
    ...blocks.map(({ id }, i): [string, string] => [id, naming.block(i + 1)]),
    [head.id, naming.head],
  ];
  return {
    name: naming.name,
    names: Object.fromEntries(
      layers.flatMap(([own, published]) => [
        [weightOf(own), weightOf(published)],
        [biasOf(own), biasOf(published)],
      ]),
    ),
  };
}
