import { isXincError } from '../errors.js';
import type { PluginKind } from '../plugin.js';
import { Breach, isPromise } from './breach.js';
import { describeThrown, type Owner, placeOf, pluginFault } from './fault.js';

interface PendingCall {
  readonly owner: Owner;
  readonly where: string;
  abandon(error: unknown): void;
}

/** Calls of plugins whose promises have not settled, in the order in which they began. */
const pending = new Set<PendingCall>();

/**
 * Ends the wait for plugins' promises that do not settle: each call throws an error that names its function. For a process that
 * has nothing left to do, or that was asked to stop a while ago.
 * @param problem what is wrong with the promise: "it gave a promise that never settles"
 * @param kinds of plugins, if not all
 * @returns how many calls there were
 */
export function abandonCalls(problem: string, kinds?: readonly PluginKind[]): number {
  const calls = [...pending].filter(({ owner }) => kinds?.includes(owner.kind) ?? true);
  for (const { owner, where, abandon } of calls) abandon(pluginFault(owner, where, problem));
  return calls.length;
}

/**
 * What a plugin's function throws, as an error that names it. `XincError`s that it throws with intent stay as they are.
 * @param where the function, with the layer or frame where there is one
 */
export function blame(owner: Owner, where: string, error: unknown): unknown {
  if (error instanceof Breach) {
    return pluginFault(owner, where, `${error.problem}${placeOf(error, owner.origin)}`, error.hint, error);
  }
  // That shapes do not fit is told by an operation or an array, which do not know whose they are.
  if (isXincError(error) && error.code !== 'shape') return error;
  return pluginFault(owner, where, describeThrown(error, owner.origin), undefined, error);
}

/**
 * Calls a plugin's function and checks what it gives.
 * @param check throws a `Breach`, or gives what is passed on
 */
export function callSync<T, R>(owner: Owner, where: string, call: () => T, check: (value: T) => R): R {
  try {
    const value = call();
    if (isPromise(value)) {
      // Nobody waits for it: that it fails is not another fault.
      value.then(undefined, () => {});
      throw new Breach('it gave a promise, and its result is needed at once', 'Give the value itself, without async.');
    }
    return check(value);
  } catch (error) {
    throw blame(owner, where, error);
  }
}

/** The same for a function that may give a promise. */
export async function callAsync<T, R>(
  owner: Owner,
  where: string,
  call: () => T | Promise<T>,
  check: (value: T) => R,
): Promise<R> {
  let entry: PendingCall | undefined;
  const abandoned = new Promise<never>((_, abandon) => {
    entry = { owner, where, abandon };
  });
  pending.add(entry!);
  try {
    return check(await Promise.race([call(), abandoned]));
  } catch (error) {
    throw blame(owner, where, error);
  } finally {
    pending.delete(entry!);
  }
}
