import type { LayerHook } from '@xinc/core';
import type { Network } from '@xinc/core/trace';
import { encodeLayerSource, tracedInPage } from '@xinc/viewer-page';
import { Refusal } from '../http/refusal.js';

/**
 * What makes a layer's source in the page, on one frame, as safetensors; see `LayerSourceMetadata`.
 * @throws Refusal 422 for a layer that its plugin traces itself, 413 for one that is too large
 */
export async function layerSourceFile(network: Network, hook: LayerHook, frame: number): Promise<Uint8Array> {
  if (hook.kind === 'custom' || hook.kind === 'derived')
    throw new Refusal(422, 'unsupported', `Only the plugin of layer '${hook.id}' can trace it: ask for maps`);
  if (!tracedInPage(network.inr, hook))
    throw new Refusal(413, 'unsupported', `Layer '${hook.id}' is too large to be sent: ask for maps`);
  return encodeLayerSource(network, hook, frame);
}
