import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Refusal } from './refusal.js';

export interface FoundFile {
  readonly handle: FileHandle;
  readonly size: number;
  /** Changes when the file does. */
  readonly tag: string;
}

/**
 * Opens a file of a folder by the names on the way to it. Symbolic links may lead anywhere inside the folder, and nowhere
 * else; hidden files, streams of NTFS (`name:stream`) and what is no plain file do not exist.
 * @throws Refusal 404
 */
export async function openInside(folder: string, names: readonly string[]): Promise<FoundFile> {
  const missing = () => new Refusal(404, 'not-found', `There is no file ${names.join('/')}`);
  if (names.length === 0 || names.some((name) => name.startsWith('.') || name.includes(':'))) throw missing();
  const found = await Promise.all([realpath(folder), realpath(join(folder, ...names))]).catch(() => null);
  if (!found) throw missing();
  const [root, path] = found;
  if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) throw missing();
  // Opening a pipe must not wait for its writer; and what has become a link since is not followed. Windows has neither.
  const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;
  const handle = await open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW).catch(() => {
    throw missing();
  });
  try {
    const { size, mtimeMs, ino, isFile } = await handle.stat().then((stat) => ({
      size: stat.size,
      mtimeMs: stat.mtimeMs,
      ino: stat.ino,
      isFile: stat.isFile(),
    }));
    if (!isFile) throw missing();
    return { handle, size, tag: `${ino.toString(36)}-${size.toString(36)}-${Math.round(mtimeMs * 1000).toString(36)}` };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
