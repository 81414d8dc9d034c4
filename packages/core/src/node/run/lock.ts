import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { z } from 'zod';
import { XincError } from '../../errors.js';
import { ioError } from '../atomic-file.js';

const ownerSchema = z.object({ pid: z.number().int().positive(), host: z.string() });
type Owner = z.infer<typeof ownerSchema>;

/** Milliseconds between signs of life. */
const SIGN_OF_LIFE = 10_000;
/** Milliseconds without a sign of life after which the owner is taken for dead; long, since computing may hold it up. */
const SILENCE = 180_000;

/** Locks of this process, by file. */
const held = new Set<string>();

/**
 * Takes a lock, so that two processes do not write to one run at once. The lock of a process that was killed without a
 * chance to give it back is taken over: at once where it can be seen that it is gone, else after three minutes of silence.
 * @param file where the lock is; its folder exists
 * @param what is locked, for messages
 * @returns gives it back
 * @throws XincError `conflict` if another process holds it, `io`
 */
export async function takeLock(file: string, what: string): Promise<() => Promise<void>> {
  const own: Owner = { pid: process.pid, host: hostname() };
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      await writeFile(file, JSON.stringify(own), { flag: 'wx' });
      return keep(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        await rm(file, { force: true }).catch(() => {});
        throw ioError(error, `${file} cannot be written`, file);
      }
    }
    const owner = await readOwner(file);
    if (owner && (await isAtWork(file, owner, own))) {
      const where = owner.host === own.host ? '' : ` on ${owner.host}`;
      throw new XincError('conflict', `${what} is being written by another process (${owner.pid}${where})`, {
        subject: what,
        hint: 'Wait until it is done, or stop it first.',
      });
    }
    await rm(file, { force: true });
  }
  throw new XincError('conflict', `${what} is being written by another process`, { subject: what });
}

/** `undefined` for a lock whose writer was ended before it had written it. */
async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Holds the lock that was just written, with signs of life, until the function returned is called. */
function keep(file: string): () => Promise<void> {
  held.add(file);
  const timer = setInterval(() => {
    const now = new Date();
    // A lock that somebody removed is no reason to fail.
    utimes(file, now, now).catch(() => {});
  }, SIGN_OF_LIFE).unref();
  return async () => {
    clearInterval(timer);
    held.delete(file);
    await rm(file, { force: true });
  };
}

async function isAtWork(file: string, owner: Owner, own: Owner): Promise<boolean> {
  if (owner.host === own.host) {
    // In a container, the next process often has the number of the one before.
    if (owner.pid === own.pid) return held.has(file);
    if (!isAlive(owner.pid)) return false;
  }
  // On another machine, or a process that may have got the number since.
  const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: 0 }));
  return Date.now() - mtimeMs < SILENCE;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is a process.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
