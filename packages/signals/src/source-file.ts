import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { XincError } from '@xinc/core';
import { formatBytes } from '@xinc/core/formats';
import { ioError } from '@xinc/core/node';

/** Larger files are refused as images and label maps, which are read whole: 1 GiB. */
const MAX_FILE_BYTES = 2 ** 30;

const natural = new Intl.Collator('en', { numeric: true });

/**
 * The whole content of an image or label file.
 * @throws XincError `not-found`, `usage` for a folder, `invalid-file` for an empty or outsized file, `io`.
 */
export function readSourceFile(path: string): Promise<Buffer> {
  return withFile(path, async (file) => {
    const { size } = await file.stat();
    if (size > MAX_FILE_BYTES) {
      throw new XincError('invalid-file', `${path}: ${formatBytes(size)} is too large for a picture`, {
        subject: path,
      });
    }
    const bytes = await file.readFile();
    if (bytes.length === 0) throw new XincError('invalid-file', `${path}: the file is empty`, { subject: path });
    return bytes;
  });
}

/** At most the first `length` bytes of a file: enough to tell what it is. */
export function readHead(path: string, length = 65_536): Promise<Uint8Array> {
  return withFile(path, async (file) => {
    const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  });
}

/** At most the last `length` bytes of a file. */
export function readTail(path: string, length: number): Promise<Uint8Array> {
  return withFile(path, async (file) => {
    const { size } = await file.stat();
    const start = Math.max(0, size - length);
    const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, start);
    return buffer.subarray(0, bytesRead);
  });
}

/** Whether `path` is a folder; a missing path is an error. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw ioError(error, path, 'read');
  }
}

/** Whether a file or folder of that name exists; one that may not be looked at is an error. */
export async function fileExists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    const problem = ioError(error, path, 'read');
    if (problem.code === 'not-found') return false;
    throw problem;
  }
}

/** The files of a folder whose names end in one of `extensions` (`.png`), in natural order: 2 before 10. */
export async function listFiles(folder: string, extensions: readonly string[]): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw ioError(error, folder, 'read');
  }
  return entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .filter((name) => extensions.includes(extname(name).toLowerCase()))
    .sort((a, b) => natural.compare(a, b) || (a < b ? -1 : 1))
    .map((name) => join(folder, name));
}

/** SHA-256, hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 of files of any size, one after the other, hex. */
export async function sha256OfFiles(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    await withFile(path, async (file) => {
      for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk);
    });
  }
  return hash.digest('hex');
}

async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  let file: FileHandle | undefined;
  try {
    // Asked first: folders open differently on different systems, and a named pipe blocks until someone writes to it.
    const stats = await stat(path);
    if (stats.isDirectory()) {
      throw new XincError('usage', `${path}: is a folder, but a file is expected here`, { subject: path });
    }
    if (!stats.isFile()) throw new XincError('usage', `${path}: is not a regular file`, { subject: path });
    file = await open(path, 'r');
    return await use(file);
  } catch (error) {
    throw ioError(error, path, 'read');
  } finally {
    await file?.close();
  }
}
