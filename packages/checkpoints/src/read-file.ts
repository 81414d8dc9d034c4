import { lstat, readFile, stat } from 'node:fs/promises';
import { throwIfAborted } from '@xinc/core';
import { formatBytes } from '@xinc/core/formats';
import { ioError } from '@xinc/core/node';
import { inFile, malformed, unsupported } from './refusal.js';

/** The most that one Node.js read can take. */
const LARGEST_FILE = 2 ** 31 - 1;

export interface ReadFileOptions {
  readonly abort?: AbortSignal | undefined;
  readonly largest?: number | undefined;
  /** Whether a symbolic link stands for what it leads to; not where a stranger's folder holds it. */
  readonly follow?: boolean;
}

/**
 * The bytes of a regular file of at most `largest`.
 * @throws XincError `not-found`, `invalid-file` for what is no regular file, `unsupported` for what is too large, `io`,
 *   `cancelled`
 */
export async function readRegularFile(
  path: string,
  { abort, largest = LARGEST_FILE, follow = true }: ReadFileOptions,
): Promise<Uint8Array> {
  const most = Math.min(largest, LARGEST_FILE);
  try {
    // Asked before opening: opening a pipe would wait for somebody to write to it.
    const status = await (follow ? stat(path) : lstat(path));
    inFile(path, () => {
      if (!status.isFile()) {
        throw malformed(`this is ${status.isDirectory() ? 'a folder' : 'no regular file'}`, 'Give a checkpoint file.');
      }
      if (status.size > most) {
        throw unsupported(
          `the file has ${formatBytes(status.size)} and at most ${formatBytes(most)} can be read`,
          'Save the state dict alone, without the optimizer.',
        );
      }
    });
    return await readFile(path, { signal: abort });
  } catch (error) {
    throwIfAborted(abort);
    throw ioError(error, path, 'read');
  }
}
