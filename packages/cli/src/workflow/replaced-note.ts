import { stat } from 'node:fs/promises';

/** What is said of a file that is about to be written in the place of another; nothing where there is none. */
export async function replacedNote(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() ? ' (in place of a file of that name)' : '';
}
