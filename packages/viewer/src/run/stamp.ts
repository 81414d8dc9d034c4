import type { RunFolder } from '@xinc/runs';

/** What changes when a file or folder of a run does; empty if there is none, or what is there is not read. */
export async function stampOf(folder: RunFolder, name: string): Promise<string> {
  const stats = await folder.stats(name).catch(() => null);
  return stats ? `${stats.mtimeMs} ${stats.size} ${stats.ino}` : '';
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
