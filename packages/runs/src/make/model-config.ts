import { type InrPlugin, XincError } from '@xinc/core';
import { parseConfig } from '../settings.js';

/**
 * A model's settings as a user wishes them, for a network that is to be trained: checked by its schema, and none among them that its
 * optimiser does not read, whatever its value. What a run stores is not checked so: it has the defaults of all settings.
 * @throws XincError `invalid-option`
 */
export function modelConfig(
  plugin: Pick<InrPlugin, 'name' | 'config'>,
  settings: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const config = parseConfig(plugin.config, settings, `model '${plugin.name}'`) as Record<string, unknown>;
  const { optimizer } = config;
  if ((optimizer === 'soap' || optimizer === 'muon') && Object.hasOwn(settings, 'learningRate')) {
    throw new XincError('invalid-option', `learningRate is Adam's, and the optimizer is ${optimizer}`, {
      subject: 'learningRate',
      hint: 'Set optimizerRate in its place.',
    });
  }
  return config;
}
