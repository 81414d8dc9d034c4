import { constants, type Stats } from 'node:fs';
import { appendFile, type FileHandle, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { XincError } from '@xinc/core';
import { formatBytes } from '@xinc/core/formats';
import { ioError, temporaryName, writeFileAtomic } from '@xinc/core/node';

/** Bytes read at once. */
const PIECE = 2 ** 20;

const HINT = 'Only regular files that lie in the run are read and written; put it there itself, or remove it.';

/** A file of a run that is open for reading; whoever opened it closes it. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly stats: Stats;
}

/**
 * Access to the files of a run, which may come from a stranger: whatever is read, written or removed in one goes through here.
 * Files are named by their parts joined with `/`. On the way to one there are folders only, and at its end a regular file: no
 * symbolic link or junction, no pipe, device or socket. The folder itself may be reached by a link, which is its owner's choice.
 *
 * It guards against what a folder holds, not against a process that changes it meanwhile with the rights of its owner.
 */
export class RunFolder {
  /** As it was given. */
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * The path of a file or folder.
   * @throws XincError `invalid-file` for a name that leads elsewhere
   */
  at(name: string): string {
    return join(this.path, ...partsOf(name, this.path));
  }

  /**
   * What is there by that name, and on the way to it; `null` if nothing is.
   * @throws XincError `invalid-file` for what is neither a folder nor a regular file, and for a file on the way; `io`
   */
  async stats(name: string): Promise<Stats | null> {
    const parts = partsOf(name, this.path);
    let path = this.path;
    let stats: Stats | null = null;
    for (const [i, part] of parts.entries()) {
      path = join(path, part);
      stats = await lstat(path).catch((error) => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
        throw ioError(error, path, 'read');
      });
      if (!stats) return null;
      const wanted = i < parts.length - 1 ? stats.isDirectory() : stats.isDirectory() || stats.isFile();
      if (!wanted) throw foreign(path, stats);
    }
    return stats;
  }

  /** Whether something is there by that name. @throws XincError as `stats` does */
  async has(name: string): Promise<boolean> {
    return (await this.stats(name)) !== null;
  }

  /**
   * Opens a regular file for reading.
   * @param limit bytes that such a file has at most
   * @throws XincError `not-found`, `invalid-file` for a larger one and for anything else, `io`
   */
  async open(name: string, limit = Number.POSITIVE_INFINITY): Promise<OpenFile> {
    const path = this.at(name);
    const before = await this.stats(name);
    if (!before) throw ioError({ code: 'ENOENT' }, path, 'read');
    if (!before.isFile()) throw foreign(path, before);
    // Looked at first, since opening a device may do something; and again afterwards, since it may have been exchanged. Opening a
    // pipe would wait for its writer. Windows has neither flag.
    const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;
    const handle = await open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW).catch((error) => {
      throw ioError(error, path, 'read');
    });
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw foreign(path, stats);
      if (stats.size > limit) throw tooLarge(path, stats.size, limit);
      // On the way to it, as well: nothing may have become a link.
      await this.stats(name);
      return { handle, stats };
    } catch (error) {
      await handle.close();
      throw ioError(error, path, 'read');
    }
  }

  /**
   * The whole of a file.
   * @param limit bytes that such a file has at most
   * @throws XincError `not-found`, `invalid-file` for a larger one, or for what is no regular file, `io`
   */
  async read(name: string, limit: number): Promise<Buffer> {
    const path = this.at(name);
    const { handle, stats } = await this.open(name, limit);
    try {
      const bytes = Buffer.allocUnsafeSlow(stats.size);
      let length = 0;
      // What it has grown by since is not read.
      while (length < bytes.length) {
        const { bytesRead } = await handle.read(bytes, length, Math.min(PIECE, bytes.length - length), length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return bytes.subarray(0, length);
    } catch (error) {
      throw ioError(error, path, 'read');
    } finally {
      await handle.close();
    }
  }

  /**
   * The first bytes of a file, as many as there are.
   * @throws XincError as `read` does
   */
  async readHead(name: string, length: number): Promise<Buffer> {
    const { handle } = await this.open(name);
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, 0);
      return buffer.subarray(0, bytesRead);
    } catch (error) {
      const path = this.at(name);
      throw ioError(error, path, 'read');
    } finally {
      await handle.close();
    }
  }

  /**
   * Names of what is in a folder, in order: files, or folders; hidden ones left out, and none if it is not there. What is
   * neither is listed with the folders, so that it is refused where it is used.
   * @throws XincError as `stats` does
   */
  async list(name: string, kind: 'files' | 'folders'): Promise<string[]> {
    const stats = await this.stats(name);
    if (!stats?.isDirectory()) return [];
    const path = this.at(name);
    const entries = await readdir(path, { withFileTypes: true }).catch((error) => {
      throw ioError(error, path, 'read');
    });
    const listed = entries.filter((entry) => entry.isFile() === (kind === 'files') && !entry.name.startsWith('.'));
    return listed.map((entry) => entry.name).sort();
  }

  /**
   * Writes a file as a whole or not at all; folders on the way are made.
   * @throws XincError `invalid-file` where something else is in its place or on the way, `io`
   */
  async write(name: string, content: Uint8Array | string): Promise<void> {
    const path = await this.#way(name);
    await writeFileAtomic(path, content);
  }

  /** Adds to the end of a file. @throws XincError as `write` does */
  async append(name: string, content: string): Promise<void> {
    const path = await this.#way(name);
    const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;
    try {
      const handle = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOFOLLOW, 0o666);
      try {
        await appendFile(handle, content);
      } finally {
        await handle.close();
      }
    } catch (error) {
      throw ioError(error, path, 'written');
    }
  }

  /**
   * Writes a folder: all of it, or what was there before stays.
   * @param fill is given what writes a file of it
   * @param check called before each step; may throw, as where somebody else writes here by now
   * @throws XincError as `write` does, and what `fill` and `check` throw
   */
  async writeFolder(
    name: string,
    fill: (write: (file: string, content: Uint8Array | string) => Promise<void>) => Promise<void>,
    check: () => Promise<void>,
  ): Promise<void> {
    const parts = partsOf(name, this.path);
    // With a dot: it is not among the folders that are listed.
    const fresh = [...parts.slice(0, -1), temporaryName(`.${parts.at(-1)!}`)].join('/');
    try {
      await this.#way(name);
      await fill(async (file, content) => {
        await check();
        await this.write([fresh, ...partsOf(file, this.at(name))].join('/'), content);
      });
      await check();
      await this.remove(name);
      await check();
      const path = await this.#way(name);
      await rename(this.at(fresh), path).catch((error) => {
        throw ioError(error, path, 'written');
      });
    } catch (error) {
      // The name is this process's own, whichever process writes here by now.
      await this.remove(fresh).catch(() => {});
      throw error;
    }
  }

  /**
   * Removes a file, or a folder with all that is in it; links in there are removed, and what they lead to stays.
   * @throws XincError `invalid-file` where a link leads there, or is what is to be removed; `io`
   */
  async remove(name: string): Promise<void> {
    if (!(await this.has(name))) return;
    const path = this.at(name);
    await rm(path, { recursive: true, force: true }).catch((error) => {
      throw ioError(error, path, 'removed');
    });
  }

  /** The path of what is to be written, to which there are folders. */
  async #way(name: string): Promise<string> {
    const parts = partsOf(name, this.path);
    await this.stats(name);
    let path = this.path;
    for (const part of parts.slice(0, -1)) {
      path = join(path, part);
      await mkdir(path).catch(async (error) => {
        const there = await lstat(path).catch(() => null);
        if (!there?.isDirectory()) throw there ? foreign(path, there) : ioError(error, path, 'made');
      });
    }
    return join(path, parts.at(-1)!);
  }
}

/** The parts of a name, each that of a file beside others on every system. */
function partsOf(name: string, folder: string): string[] {
  const parts = name.split('/');
  // A colon begins a stream of NTFS, or follows the letter of a disk.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\:\x00-\x1f]/.test(part))) return parts;
  throw new XincError('invalid-file', `${JSON.stringify(name)} names no file in ${folder}`, { subject: folder });
}

function foreign(path: string, stats: Stats): XincError {
  const kind = stats.isSymbolicLink()
    ? 'a link'
    : stats.isFIFO()
      ? 'a pipe'
      : stats.isSocket()
        ? 'a socket'
        : stats.isDirectory()
          ? 'a folder'
          : stats.isFile()
            ? 'a file, where a folder is expected'
            : 'a device';
  return new XincError('invalid-file', `${path} is ${kind}`, { subject: path, hint: HINT });
}

function tooLarge(path: string, size: number, limit: number): XincError {
  return new XincError(
    'invalid-file',
    `${path} is ${formatBytes(size)} large, and such a file of this run has at most ${formatBytes(limit)}`,
    { subject: path },
  );
}
