import { type LayerInfo, listed } from '@xinc/core';

/** What was found in a layer, in words, and what a reader should know of it. */
interface Found {
  readonly layer: LayerInfo;
  readonly words: string;
  readonly note?: string;
}

/**
 * What was found in each layer, with what it is a part of said once: `27 % of the neurons in layer1, 15.2 % in layer2 and 25.4 % in layer3 (one of 7)`.
 * @param of what the words of the first layer are followed by
 */
export const inLayers = (found: readonly Found[], of = ''): string =>
  listed(
    found.map(
      ({ layer, words, note }, i) =>
        `${words}${i === 0 && of !== '' ? ` ${of}` : ''} in ${layer.id}${note === undefined ? '' : ` (${note})`}`,
    ),
  );
