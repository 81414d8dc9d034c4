/** What a plugin gave breaks its contract. Turned into an `XincError` that names the plugin where the call was made. */
export class Breach extends Error {
  /**
   * @param problem what is wrong, without a full stop at its end
   * @param hint what to do about it
   */
  constructor(
    readonly problem: string,
    readonly hint?: string,
  ) {
    super(problem);
  }
}

export function requireThat(condition: boolean, problem: string, hint?: string): asserts condition {
  if (!condition) throw new Breach(problem, hint);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && typeof value.then === 'function';
}

/** Whole, and at least 1. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1;

/** A value as messages show it, on one line and not for ever. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 60)}…` : value}'`;
  if (Array.isArray(value)) return `[${value.slice(0, 8).map(show).join(', ')}${value.length > 8 ? ', …' : ''}]`;
  if (typeof value === 'function') return 'a function';
  if (isPromise(value)) return 'a promise';
  return isObject(value) ? `a ${value.constructor?.name ?? 'value'}` : String(value);
}

/** Refuses what JSON cannot hold: a cycle, a BigInt. */
export function requireJson(what: string, value: unknown): void {
  try {
    JSON.stringify(value);
  } catch (error) {
    requireThat(false, `${what} cannot be written as JSON: ${(error as Error).message.split('\n')[0]}`);
  }
}
