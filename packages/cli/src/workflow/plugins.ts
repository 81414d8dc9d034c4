import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { printable } from '@xinc/core/formats';
import { discoverPlugins, type Registry, Trust, type UntrustedPlugins } from '@xinc/core/node';
import type { CommandContext } from '../context.js';

/** Where this program is installed: its own dependencies bring the built-in plugins. */
const HOME = fileURLToPath(new URL('.', import.meta.url));

/**
 * The plugins at hand: those of this program, those that the user gives (`--plugin`, and `XINC_PLUGINS` where nobody types),
 * and those of the project around the working directory, if the user has trusted it. What is executed beside the program's
 * own is told, and what is not, and packages that failed to load.
 */
export async function loadPlugins({ options, display }: CommandContext): Promise<Registry> {
  // Where a plugin was built from other files, errors name the line there.
  process.setSourceMapsEnabled(true);
  const given = (process.env.XINC_PLUGINS ?? '').split(delimiter).filter((path) => path !== '');
  const registry = await discoverPlugins({
    from: [HOME],
    projects: [process.cwd()],
    trust: await Trust.open(),
    paths: [...(options.plugin ?? []), ...given],
  });
  for (const { package: name, version, path } of registry.outside) {
    display.line(`Plugin: ${name}${version === '' ? '' : ` ${version}`}, ${path}`);
  }
  // Not progress: without these plugins the result is another.
  for (const untrusted of registry.untrusted) console.error(describeUntrusted(untrusted));
  for (const { package: name, reason } of registry.broken) {
    display.line(`The plugin ${name} could not be loaded and is left out: ${reason}`);
  }
  return registry;
}

/** What is not executed, and how to have it executed. A stranger's folder may be called anything. */
function describeUntrusted({ folder, packages, reason }: UntrustedPlugins): string {
  const shown = packages.slice(0, NAMES_SHOWN).join(', ');
  const more = packages.length > NAMES_SHOWN ? ` and ${packages.length - NAMES_SHOWN} more` : '';
  const what = packages.length === 1 ? 'the plugin' : 'the plugins';
  return `Not loaded: ${what} ${shown}${more} of ${printable(folder)}, since ${reason}. If it is yours: xinc plugins --trust; for one command: --plugin PATH.`;
}

const NAMES_SHOWN = 5;
