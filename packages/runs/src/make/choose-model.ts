import { type SignalShape, XincError } from '@xinc/core';
import type { RegisteredPlugin, Registry } from '@xinc/core/node';
import { asked } from '../settings.js';

/** The networks of the paper, which are taken where nobody names one. */
const DEFAULT_MODELS: Readonly<Record<SignalShape['kind'], string>> = { image: 'ffn', video: 'nerv' };

/**
 * The model named; else that of `DEFAULT_MODELS`, and without its plugin the first by name that represents such signals.
 * @throws XincError `invalid-option` or `unsupported` with the subject `model` for one that cannot be taken; `not-found` where
 *   none represents such signals
 */
export function chooseModel(
  registry: Registry,
  name: string | undefined,
  kind: SignalShape['kind'],
): RegisteredPlugin<'inr'> {
  if (name !== undefined) {
    const model = asked('model', () => registry.get('inr', name));
    if (model.plugin.signals.includes(kind)) return model;
    const others = registry.all('inr').filter(({ plugin }) => plugin.signals.includes(kind));
    throw new XincError(
      'unsupported',
      `The model '${name}' does not represent ${kind === 'image' ? 'images' : 'videos'}`,
      {
        setting: 'model',
        hint: `These do: ${others.map(({ plugin }) => plugin.name).join(', ') || 'none'}.`,
      },
    );
  }
  const fitting = registry.all('inr').filter(({ plugin }) => plugin.signals.includes(kind));
  const [first] = fitting.sort((a, b) => (a.plugin.name < b.plugin.name ? -1 : 1));
  const chosen = fitting.find(({ plugin }) => plugin.name === DEFAULT_MODELS[kind]) ?? first;
  if (chosen) return chosen;
  throw new XincError('not-found', `No model at hand represents ${kind === 'image' ? 'images' : 'videos'}`, {
    hint: 'Install a plugin that does.',
  });
}
