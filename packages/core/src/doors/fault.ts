import { XincError } from '../errors.js';
import type { PluginKind } from '../plugin.js';
import type { PluginOrigin } from '../plugin-origin.js';
import { show } from './breach.js';

/** How people call what a plugin brings. */
export const KIND_WORDS: Readonly<Record<PluginKind, string>> = {
  inr: 'model',
  grouping: 'grouping',
  analysis: 'analysis',
  engine: 'engine',
};

/** Whose function is called, for messages. */
export interface Owner {
  readonly kind: PluginKind;
  readonly name: string;
  readonly origin: PluginOrigin;
}

/**
 * An error that names the plugin's package, what it brings and the function: "my-package, model 'siren', forward: …".
 * @param where the function, with the layer or frame where there is one
 */
export function pluginFault(owner: Owner, where: string, problem: string, hint?: string, cause?: unknown): XincError {
  const { kind, name, origin } = owner;
  return new XincError('plugin', `${origin.package}, ${KIND_WORDS[kind]} '${name}', ${where}: ${problem}`, {
    subject: name,
    hint: hint ?? 'Mend the plugin, or leave it out.',
    ...(cause !== undefined && { cause }),
  });
}

/** What was thrown, in one line, with the first place of its stack that is the plugin's own: "x is not defined (siren.js:12:5)". */
export function describeThrown(error: unknown, origin: PluginOrigin): string {
  if (!(error instanceof Error)) return `it threw ${show(error)}`;
  return `${error.message.split('\n')[0] || error.name}${placeOf(error, origin)}`;
}

/** ` (siren.js:12:5)`; nothing where the stack has no place in the plugin. */
export function placeOf({ stack }: Error, { folder }: PluginOrigin): string {
  const place = folder === undefined ? undefined : placeInside(folder, stack ?? '');
  return place === undefined ? '' : ` (${place})`;
}

/** A place of a stack: the address of a module, or, where a source map leads to what it was built from, a path. */
const STACK_PLACE = /(file:\/\/[^\s()]+?|(?<=[( ])(?:\/|[A-Za-z]:[\\/])[^()\n]*?):(\d+(?::\d+)?)(?=[\s)]|$)/g;

/**
 * `siren.js:12:5`: the first place of a stack that is in a folder, and not in packages installed below it.
 * @param folder with the system's separators
 */
function placeInside(folder: string, stack: string): string | undefined {
  const root = `${folder.replaceAll('\\', '/').replace(/^\/?/, '/').replace(/\/$/, '')}/`;
  for (const [, place, line] of stack.matchAll(STACK_PLACE)) {
    const path = place.startsWith('file:')
      ? decodeURIComponent(new URL(place).pathname)
      : `/${place.replaceAll('\\', '/')}`.replace(/^\/+/, '/');
    if (!path.startsWith(root)) continue;
    const inside = path.slice(root.length);
    if (!inside.includes('node_modules/')) return `${inside}:${line}`;
  }
  return undefined;
}
