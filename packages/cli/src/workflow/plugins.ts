import { fileURLToPath } from 'node:url';
import { type Registry, XincError } from '@xinc/core';
import { discoverPlugins } from '@xinc/core/node';
import type { CommandContext } from '../context.js';
import { named } from '../settings.js';

/** Where this program is installed: its own dependencies bring the built-in plugins. */
const HOME = fileURLToPath(new URL('.', import.meta.url));

/** The plugins at hand. Packages that failed to load are told of once. */
export async function loadPlugins({ options, display }: CommandContext): Promise<Registry> {
  const registry = await discoverPlugins({ from: [HOME, process.cwd()], paths: options.plugin ?? [] });
  for (const { package: name, reason } of registry.broken) {
    display.line(`The plugin ${name} could not be loaded and is left out: ${reason}`);
  }
  return registry;
}

/** The model named, or the first that represents such signals. */
export function chooseModel(registry: Registry, name: string | undefined, kind: 'image' | 'video') {
  if (name !== undefined) {
    const model = named('--model', () => registry.get('inr', name));
    if (model.plugin.signals.includes(kind)) return model;
    const others = registry.all('inr').filter(({ plugin }) => plugin.signals.includes(kind));
    throw new XincError(
      'unsupported',
      `The model '${name}' does not represent ${kind === 'image' ? 'images' : 'videos'}`,
      {
        subject: '--model',
        hint: `These do: ${others.map(({ plugin }) => plugin.name).join(', ') || 'none'}.`,
      },
    );
  }
  const fitting = registry.all('inr').find(({ plugin }) => plugin.signals.includes(kind));
  if (fitting) return fitting;
  throw new XincError('not-found', `No model at hand represents ${kind === 'image' ? 'images' : 'videos'}`, {
    hint: 'Install a plugin that does.',
  });
}
