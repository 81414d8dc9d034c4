import type { KnownArchitecture } from '@xinc/checkpoints';
import type { InrPlugin } from '@xinc/core';

/** Whether networks of a family are a model's. */
export const isOf = (
  plugin: Pick<InrPlugin, 'name'>,
  { name, alike }: Pick<KnownArchitecture, 'name' | 'alike'>,
): boolean => [name.toLowerCase(), ...alike].includes(plugin.name.toLowerCase());
