/** Values before the present one, oldest first, and those that undoing left behind it, nearest first. */
export interface History<T> {
  readonly past: readonly T[];
  readonly future: readonly T[];
}

export const NO_HISTORY: History<never> = { past: [], future: [] };

/** As many steps as can be undone. */
const MOST_STEPS = 200;

/** The present value is about to change. */
export function remember<T>({ past }: History<T>, present: T): History<T> {
  return { past: [...past, present].slice(-MOST_STEPS), future: [] };
}

/** `null` if there is nothing to undo. */
export function undone<T>({ past, future }: History<T>, present: T): { value: T; history: History<T> } | null {
  if (past.length === 0) return null;
  return { value: past[past.length - 1], history: { past: past.slice(0, -1), future: [present, ...future] } };
}

/** `null` if there is nothing to redo. */
export function redone<T>({ past, future }: History<T>, present: T): { value: T; history: History<T> } | null {
  if (future.length === 0) return null;
  return { value: future[0], history: { past: [...past, present], future: future.slice(1) } };
}
