import type { FileHandle } from 'node:fs/promises';
import type { RunFolder } from '@xinc/runs';
import { Refusal } from './refusal.js';

export interface FoundFile {
  readonly handle: FileHandle;
  readonly size: number;
  /** Changes when the file does. */
  readonly tag: string;
}

/**
 * Opens a file of a folder by the names on the way to it. Hidden files, links and what is no plain file do not exist.
 * @throws Refusal 404
 */
export async function openInside(folder: RunFolder, names: readonly string[]): Promise<FoundFile> {
  const missing = () => new Refusal(404, 'not-found', `There is no file ${names.join('/')}`);
  if (names.length === 0 || names.some((name) => name.startsWith('.'))) throw missing();
  const { handle, stats } = await folder.open(names.join('/')).catch(() => {
    throw missing();
  });
  const { size, mtimeMs, ino } = stats;
  return { handle, size, tag: `${ino.toString(36)}-${size.toString(36)}-${Math.round(mtimeMs * 1000).toString(36)}` };
}
