import type { Checkpoint } from '@xinc/checkpoints';
import { type InrPlugin, XincError } from '@xinc/core';
import { parseConfig } from '../settings.js';

/**
 * The configuration that `xinc export` writes beside the weights, as metadata of safetensors or texts of an npz: it tells what
 * shapes do not (output, activation). Empty for files of other programs, and of other models.
 * @throws XincError `invalid-file` if it is not one that the model takes
 */
export function describedConfig(
  { source, metadata }: Checkpoint,
  plugin: InrPlugin,
): Readonly<Record<string, unknown>> {
  const { xinc, model, config } = metadata;
  if (typeof xinc !== 'string' || model !== plugin.name || typeof config !== 'string') return {};
  try {
    const described = JSON.parse(config) as Record<string, unknown>;
    return parseConfig(plugin.config, described, `model '${plugin.name}'`) as Record<string, unknown>;
  } catch (error) {
    throw new XincError('invalid-file', `${source}: the configuration beside its weights is not valid`, {
      subject: source,
      hint: `XINC ${xinc} wrote it: import it with that version, or export it again.`,
      cause: error,
    });
  }
}
