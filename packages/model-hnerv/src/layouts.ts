import type { CheckpointLayout } from '@xinc/core';
import type { Architecture } from './architecture.js';
import { biasOf, convolutionsOf, EMBEDDINGS, weightOf } from './parameters.js';

/** Names of the convolutions in the authors' code, by their place among them; the last is the head. */
export const publishedNames = {
  stem: 'decoder.0.conv.downconv',
  block: (number: number): string => `decoder.${number}.conv.upconv.0`,
  head: 'head_layer',
};

/** Names that embeddings are saved under, the authors' first. */
export const EMBEDDING_NAMES = ['embed', 'embeds', 'embedding', 'embeddings', 'img_embed', 'vid_embed'] as const;

/** How state dicts of the authors' code name the parameters, their embeddings beside the decoder or around it. */
export function checkpointLayouts(architecture: Architecture): CheckpointLayout[] {
  const { blocks } = architecture;
  const published = [publishedNames.stem, ...blocks.map((_, i) => publishedNames.block(i + 1)), publishedNames.head];
  const names = Object.fromEntries(
    convolutionsOf(architecture).flatMap(({ id }, i) => [
      [weightOf(id), weightOf(published[i])],
      [biasOf(id), biasOf(published[i])],
    ]),
  );
  return [{ name: 'hnerv', names, around: { [EMBEDDINGS]: EMBEDDING_NAMES } }];
}
