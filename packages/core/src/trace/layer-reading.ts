import type { LayerHook } from '../inr.js';

/** What a layer is, what follows it, and its way to the picture, in words: as it was read off the program, or as its plugin says. */
export function layerReading(hook: LayerHook): string {
  if (hook.reading !== undefined) return hook.reading;
  if (hook.kind === 'custom' || hook.kind === 'derived') return 'traced by its plugin';
  const activation = hook.activation === null ? '' : ` → ${hook.activation}`;
  return `${hook.kind === 'dense' ? 'dense' : 'convolution'}${activation}`;
}
