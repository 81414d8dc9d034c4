import { isXincError } from '../errors.js';
import { Breach, isPromise } from './breach.js';
import { describeThrown, type Owner, placeOf, pluginFault } from './fault.js';

/** Calls of plugins that have not settled: "my-package, analysis 'mine', analyze". */
const pending = new Map<symbol, Owner & { readonly where: string }>();

/** The plugins' functions that gave a promise which has not settled, the newest last. */
export function pendingCalls(): readonly (Owner & { readonly where: string })[] {
  return [...pending.values()];
}

/**
 * What a plugin's function throws, as an error that names it. `XincError`s that it throws with intent stay as they are.
 * @param where the function, with the layer or frame where there is one
 */
export function blame(owner: Owner, where: string, error: unknown): unknown {
  if (error instanceof Breach) {
    const place = placeOf(error.cause instanceof Error ? error.cause : error, owner.origin);
    return pluginFault(owner, where, `${error.problem}${place}`, error.hint, error);
  }
  if (isXincError(error)) return error;
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
  const key = Symbol(where);
  pending.set(key, { ...owner, where });
  try {
    return check(await call());
  } catch (error) {
    throw blame(owner, where, error);
  } finally {
    pending.delete(key);
  }
}
