import { XincError } from '../errors.js';
import type { PluginOrigin } from '../plugin-origin.js';
import { describeThrown, placeOf } from './fault.js';

/** The plugins that are executed beside xinc's own. */
const executed: PluginOrigin[] = [];

/** Has errors that come out of the plugin's timers and promises later told as its own. */
export function rememberExecuted(origin: PluginOrigin): void {
  executed.push(origin);
}

/**
 * An error that nobody caught, out of a timer or a promise that nobody waits for, as the plugin's whose code is in its stack.
 * @returns `undefined` where no plugin's is
 */
export function strayFault(error: unknown): XincError | undefined {
  if (!(error instanceof Error)) return undefined;
  const origin = executed.find((plugin) => placeOf(error, plugin) !== '');
  if (origin === undefined) return undefined;
  const problem = `${describeThrown(error, origin)}, in a timer or a promise that nobody waits for`;
  return new XincError('plugin', `${origin.package}: ${problem}`, {
    subject: origin.package,
    hint: 'Await every promise and catch errors in callbacks, or leave the plugin out.',
    cause: error,
  });
}
