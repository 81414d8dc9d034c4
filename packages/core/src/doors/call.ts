import { isXincError, type XincError } from '../errors.js';
import type { PluginKind } from '../plugin.js';
import { Breach, isPromise } from './breach.js';
import { describeThrown, type Owner, placeOf, pluginFault } from './fault.js';

interface PendingWait {
  readonly kind: PluginKind | undefined;
  abandon(problem: string): void;
}

/** Waits for plugins' promises that have not settled. */
const pending = new Set<PendingWait>();

/**
 * Waits for a promise of a plugin, until it settles or is abandoned.
 * @param fault the error of one that is abandoned, with what is wrong with it
 * @param kind of the plugin; none while it is being loaded
 */
export async function waitFor<T>(
  work: T | Promise<T>,
  fault: (problem: string) => XincError,
  kind?: PluginKind,
): Promise<T> {
  let wait: PendingWait | undefined;
  const abandoned = new Promise<never>((_, reject) => {
    wait = { kind, abandon: (problem) => reject(fault(problem)) };
    pending.add(wait);
  });
  try {
    return await Promise.race([work, abandoned]);
  } finally {
    pending.delete(wait!);
  }
}

/**
 * Ends the wait for plugins' promises that do not settle: each becomes an error that names whose it is. For a process that has
 * nothing left to do, or that was asked to stop a while ago.
 * @param problem what is wrong with the promise: "it gave a promise that never settles"
 * @param kinds of plugins, if not all
 * @returns how many there were
 */
export function abandonCalls(problem: string, kinds?: readonly PluginKind[]): number {
  const waits = [...pending].filter(({ kind }) => !kinds || (kind !== undefined && kinds.includes(kind)));
  for (const { abandon } of waits) abandon(problem);
  return waits.length;
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
  try {
    return check(await waitFor(call(), (problem) => pluginFault(owner, where, problem), owner.kind));
  } catch (error) {
    throw blame(owner, where, error);
  }
}
