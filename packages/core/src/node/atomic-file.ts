import { createHash, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { ioError } from '../io-error.js';
import { isAlive } from './process.js';

/** Temporary files and folders that this process is writing, by their absolute paths. */
const unfinished = new Set<string>();

/**
 * Writes a file so that it is there as a whole or not at all: a temporary file beside it, then a rename. Folders on the
 * way are made, and what processes that were killed left half-written of the same file is removed.
 * @param content or what writes it, for a file that is larger than memory
 * @throws XincError `io` naming the path and the reason, or what `content` throws; the file is then as it was.
 */
export async function writeFileAtomic(
  path: string,
  content: Uint8Array | string | ((file: FileHandle) => Promise<void>),
): Promise<void> {
  const temporary = resolve(dirname(path), temporaryName(basename(path)));
  unfinished.add(temporary);
  try {
    await makeFolder(dirname(path));
    await removeAbandoned(path);
    const file = await open(temporary, 'wx');
    try {
      if (typeof content === 'function') await content(file);
      else await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw ioError(error, path, 'written');
  } finally {
    unfinished.delete(temporary);
  }
}

/**
 * A new folder beside a path, for what is to take its place when it is whole. What is left of it is removed by `remove`, or when the process
 * ends at once; what processes that were killed left of the same path is removed now.
 * @throws the file system's error
 */
export async function temporaryFolder(path: string): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const folder = resolve(dirname(path), temporaryName(basename(path)));
  unfinished.add(folder);
  await makeFolder(folder);
  await removeAbandoned(path);
  return {
    path: folder,
    async remove() {
      await rm(folder, { recursive: true, force: true });
      unfinished.delete(folder);
    },
  };
}

/** Removes what this process is writing and has not finished; called before the process ends at once. */
export function removeUnfinished(): void {
  for (const path of unfinished) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // It is removed when the same file is written again.
    }
  }
}

/** This machine, as it begins the ending of its temporary names: folders may be shared by several. */
const MACHINE = createHash('sha256').update(hostname()).digest('hex').slice(0, 4);
/** A process's number, which follows. */
const PROCESS = (process.pid % 2 ** 24).toString(16).padStart(6, '0');

/** A name of this process's own for what takes the given name when it is whole. */
export function temporaryName(name: string): string {
  return `${name}.${MACHINE}${PROCESS}${randomBytes(2).toString('hex')}.tmp`;
}

/** Removes half-written files and folders of that name whose processes, of this machine, are gone. */
async function removeAbandoned(path: string): Promise<void> {
  const [folder, beginning] = [dirname(path), `${basename(path)}.${MACHINE}`];
  for (const name of await leftoversIn(folder)) {
    if (!name.startsWith(beginning) || name.length !== beginning.length + '123456abcd.tmp'.length) continue;
    const pid = Number.parseInt(name.slice(beginning.length, beginning.length + 6), 16);
    const left = resolve(folder, name);
    // In a container, the next process often has the number of the one before.
    const gone = pid === process.pid ? !unfinished.has(left) : !isAlive(pid);
    if (gone) await rm(left, { recursive: true, force: true }).catch(() => {});
  }
}

/** Temporary files by folder, as they were when this process first wrote there: a video has a file for each of its frames. */
const leftovers = new Map<string, Promise<string[]>>();

function leftoversIn(folder: string): Promise<string[]> {
  const known = leftovers.get(folder);
  if (known) return known;
  const found = readdir(folder).then(
    (names) => names.filter(isLeftover),
    () => [],
  );
  leftovers.set(folder, found);
  return found;
}

/** Whether a file or folder is a temporary one, which stays only when its process is killed. */
export function isLeftover(name: string): boolean {
  return /\.[0-9a-f]{8}(?:[0-9a-f]{6})?\.tmp$/.test(name);
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
    throw ioError(error, folder, 'tidied');
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
