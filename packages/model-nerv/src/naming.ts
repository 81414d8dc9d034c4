import type { CheckpointLayout } from '@xinc/core';
import type { Architecture } from './architecture.js';
import type { Encoding } from './encoding.js';
import { biasOf, hiddenOf, STEM, weightOf } from './parameters.js';

/** How a state dict names the layers; each has a `.weight` and a `.bias`. */
export interface Naming {
  readonly name: string;
  /** The `number`th dense layer before the stem, from 1; absent in code that has none. */
  readonly hidden?: (number: number) => string;
  /** The stem, with so many dense layers before it. */
  stem(hidden: number): string;
  /** `number` counts from 1. */
  block(number: number): string;
  /** The head after so many blocks. */
  head(blocks: number): string;
  /** The code's order of the encoding, where the names tell which code it was. */
  readonly encodingOrder?: Encoding['order'];
}

/** XINC's own names, as in a run's weights. */
export const ownNaming: Naming = {
  name: 'xinc',
  hidden: hiddenOf,
  stem: () => STEM,
  block: (number) => `block${number}`,
  head: () => 'head',
};

/** The names of the published HNeRV code base, which the paper's NeRVs were trained with. */
export const hnervNaming: Naming = {
  name: 'hnerv',
  stem: () => 'decoder.0.conv.downconv',
  block: (number) => `decoder.${number}.conv.upconv.0`,
  head: () => 'head_layer',
  encodingOrder: 'halves',
};

/** The names of the first NeRV code base (Chen et al. 2021): a stem of several dense layers, a head after every block. */
const nervNaming: Naming = {
  name: 'nerv',
  // Activations take the odd places.
  hidden: (number) => `stem.${2 * (number - 1)}`,
  stem: (hidden) => `stem.${2 * hidden}`,
  block: (number) => `layers.${number - 1}.conv.conv`,
  head: (blocks) => `head_layers.${blocks - 1}`,
  encodingOrder: 'pairs',
};

export const publishedNamings: readonly Naming[] = [hnervNaming, nervNaming];

/** The layouts of published code that can have made this network. */
export function checkpointLayouts(architecture: Architecture): CheckpointLayout[] {
  return publishedNamings
    .filter(({ hidden }) => hidden || architecture.stemWidths.length === 0)
    .map((naming) => checkpointLayout(naming, architecture));
}

/** Parameter name → name in state dicts of this naming. */
function checkpointLayout(naming: Naming, { stemWidths, blocks, head }: Architecture): CheckpointLayout {
  const layers: [own: string, published: string][] = [
    ...stemWidths.map((_, i): [string, string] => [hiddenOf(i + 1), naming.hidden!(i + 1)]),
    [STEM, naming.stem(stemWidths.length)],
    ...blocks.map(({ id }, i): [string, string] => [id, naming.block(i + 1)]),
    [head.id, naming.head(blocks.length)],
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
