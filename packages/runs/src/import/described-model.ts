import type { Checkpoint } from '@xinc/checkpoints';
import { XincError } from '@xinc/core';
import { printable } from '@xinc/core/formats';
import type { Registry } from '@xinc/core/node';

/**
 * The name of the model that the weights of a checkpoint are of, as `xinc export` writes it beside them.
 * @throws XincError `invalid-option` with the setting `model` where the file does not say it, or says one that is not at hand; the models that there are
 *   are named
 */
export function describedModel({ source, metadata: { xinc, model } }: Checkpoint, registry: Registry): string {
  // Networks that come as a file of their own have no weights beside it.
  const there = registry.all('inr').flatMap(({ plugin }) => (plugin.files ? [] : [plugin.name]));
  const said = typeof xinc === 'string' && typeof model === 'string' ? model : undefined;
  if (said !== undefined && there.includes(said)) return said;
  const problem =
    said === undefined
      ? 'of which model the weights are is not said'
      : `its weights are said to be of the model '${printable(said)}', and no such model takes weights here`;
  throw new XincError('invalid-option', `${source}: ${problem}`, {
    setting: 'model',
    hint: there.length > 0 ? `Name it with \`model\`: ${there.join(', ')}.` : 'Install a plugin that has one.',
  });
}
