import { basename } from 'node:path';
import validate from 'validate-npm-package-name';

export interface PluginNames {
  /** The package's name, as npm takes it: `@me/xinc-plugin-ripples`. */
  readonly package: string;
  /** The name of the plugin in it, as it is given to `--model`, `--groupings` and `xinc analyze`: `ripples`. */
  readonly plugin: string;
}

/** What XINC takes as a plugin's name. */
const PLUGIN = /^[a-z][a-z0-9-]{0,63}$/;
/** Names that Windows keeps for devices: results of a plugin lie in a folder of its name. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;

/** The package's name for a plugin in this folder, if nobody says another. */
export const nameOfFolder = (folder: string): string => basename(folder).toLowerCase();

/** What is wrong with a package's name, in words; `undefined` where nothing is. */
export function nameProblem(name: string): string | undefined {
  const { validForNewPackages, errors = [], warnings = [] } = validate(name);
  if (!validForNewPackages) return `npm does not take the name '${name}': ${[...errors, ...warnings].join('; ')}`;
  const plugin = pluginOf(name);
  if (!PLUGIN.test(plugin)) {
    return `the plugin would be called '${plugin}'; such names begin with a letter and hold at most 64 lower-case letters, digits and hyphens`;
  }
  if (RESERVED.test(plugin)) return `the plugin would be called '${plugin}', which Windows keeps for devices`;
  return undefined;
}

export const namesOf = (name: string): PluginNames => ({ package: name, plugin: pluginOf(name) });

/** `@me/xinc-plugin-ripples` → `ripples` */
const pluginOf = (name: string): string => name.replace(/^@[^/]*\//, '').replace(/^xinc-plugin-/, '');
