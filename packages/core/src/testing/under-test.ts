import type { ZodType } from 'zod';
import { type Owner, pluginFault } from '../doors/fault.js';
import { guardPlugin } from '../doors/guard.js';
import type { XincError } from '../errors.js';
import { checkPlugins, type Plugin } from '../plugin.js';

/** How messages call the package of what is tested. */
const ORIGIN = { package: 'plugin under test', version: '0', path: '' };

/** A plugin as the registry would hold it, and what its failures are told by. */
export interface UnderTest<P extends Plugin> {
  /** Guarded: what breaks the contract is told by the door. */
  readonly plugin: P;
  /**
   * An error that names the plugin.
   * @param where the function, layer, neuron or parameter
   */
  fail(where: string, problem: string, hint?: string, cause?: unknown): XincError;
  readonly owner: Owner;
}

/**
 * @throws XincError `plugin` for what is no plugin
 */
export function underTest<P extends Plugin>(plugin: P): UnderTest<P> {
  const [checked] = checkPlugins(plugin, ORIGIN.package);
  const owner = { kind: checked.kind, name: checked.name, origin: ORIGIN };
  return {
    plugin: guardPlugin(checked, ORIGIN) as P,
    owner,
    fail: (where, problem, hint, cause) => pluginFault(owner, where, problem, hint, cause),
  };
}

/**
 * Settings as they are made of what is given and the defaults.
 * @param field `config` or `options`
 * @throws XincError `plugin` for a setting without a description, `invalid-option` where what is given does not fit
 */
export function settingsOf<C>(
  { fail }: UnderTest<Plugin>,
  field: 'config' | 'options',
  schema: ZodType<C>,
  given: object = {},
): C {
  const { shape = {} } = schema as { shape?: Readonly<Record<string, { readonly description?: string }>> };
  for (const [name, { description }] of Object.entries(shape)) {
    if (description) continue;
    throw fail(field, `the setting '${name}' has no description`, 'Add .describe(…), which help and docs print.');
  }
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw fail(field, `${path.join('.') || 'the settings'}: ${message}`, 'Test it with settings that fit.');
}
