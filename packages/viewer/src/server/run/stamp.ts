import { stat } from 'node:fs/promises';

/** What changes when a file or folder does; empty if there is none. */
export async function stampOf(path: string): Promise<string> {
  return stat(path).then(
    ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
    () => '',
  );
}

/** Makes a value once per stamp, and keeps the last. A failure is not kept. */
export function byStamp<A, T>(make: (argument: A) => Promise<T>): (stamp: string, argument: A) => Promise<T> {
  let last: { readonly stamp: string; readonly value: Promise<T> } | undefined;
  return (stamp, argument) => {
    if (last?.stamp === stamp) return last.value;
    const made = { stamp, value: make(argument) };
    last = made;
    made.value.catch(() => {
      if (last === made) last = undefined;
    });
    return made.value;
  };
}
