import type { Plugin } from '../plugin.js';
import type { PluginOrigin } from '../plugin-origin.js';
import { guardAnalysis } from './guard-analysis.js';
import { guardEngine } from './guard-engine.js';
import { guardGrouping } from './guard-grouping.js';
import { guardInr } from './guard-inr.js';

/**
 * The door every plugin comes in by. Of the plugin that is given back, whatever its functions return is checked, and whatever
 * they throw becomes an `XincError` that names package, plugin, function and the first line of the plugin's own code. Errors
 * that a plugin throws as `XincError`s are its words to the user, and stay as they are.
 */
export function guardPlugin(plugin: Plugin, origin: PluginOrigin): Plugin {
  const owner = { kind: plugin.kind, name: plugin.name, origin };
  switch (plugin.kind) {
    case 'inr':
      return guardInr(owner, plugin);
    case 'grouping':
      return guardGrouping(owner, plugin);
    case 'analysis':
      return guardAnalysis(owner, plugin);
    case 'engine':
      return guardEngine(owner, plugin);
  }
}
