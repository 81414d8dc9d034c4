import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isXincError } from '../errors.js';
import { ioError } from '../io-error.js';

/**
 * Writes a file so that it is there as a whole or not at all: a temporary file beside it, then a rename. Folders on the
 * way are made.
 * @throws XincError `io` naming the path and the reason; the file is then as it was.
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await makeFolder(dirname(path));
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw ioError(error, `${path} cannot be written`, path);
  }
}

/** A name of this process's own for what takes the given name when it is whole. */
export function temporaryName(name: string): string {
  return `${name}.${randomBytes(4).toString('hex')}.tmp`;
}

/** Whether a file or folder is a temporary one, which stays only when its process is killed. */
export function isLeftover(name: string): boolean {
  return /\.[0-9a-f]{8}\.tmp$/.test(name);
}

/**
 * Removes, in a folder and below it, what processes that were killed left half-written. No other may be writing there. Links are
 * not followed: a run may come from a stranger.
 * @throws XincError `io`
 */
export async function removeLeftovers(folder: string): Promise<void> {
  try {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (!entry.isDirectory() && !entry.isFile()) continue;
      if (isLeftover(entry.name)) await rm(path, { recursive: true, force: true });
      else if (entry.isDirectory()) await removeLeftovers(path);
    }
  } catch (error) {
    if (isXincError(error)) throw error;
    throw ioError(error, `${folder} cannot be tidied`, folder);
  }
}

/**
 * Makes a folder, unless it is there, and those on the way to it. One by one: `recursive` hides why one cannot be made (a
 * read-only file system is reported as missing).
 * @throws the file system's error
 */
export async function makeFolder(path: string): Promise<void> {
  // Another process may have made it at the same time.
  const unlessThere = async (error: NodeJS.ErrnoException) => {
    const found = await stat(path).catch(() => null);
    if (!found?.isDirectory()) throw error;
  };
  await mkdir(path).catch(async (error) => {
    if (error.code !== 'ENOENT' || dirname(path) === path) return unlessThere(error);
    await makeFolder(dirname(path));
    await mkdir(path).catch(unlessThere);
  });
}
