import { createHash, randomUUID } from 'node:crypto';
import { lstat, open, readFile, rm, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { XincError } from '@xinc/core';
import { ioError, isAlive } from '@xinc/core/node';
import { z } from 'zod';

const ownerSchema = z.object({ pid: z.number().int().positive(), host: z.string() });
type Owner = z.infer<typeof ownerSchema>;

/** Milliseconds between updates of a lock's time, by which others see that its owner runs. */
const SIGN_OF_LIFE = 10_000;
/** Milliseconds without an update after which the owner is taken for ended; long, since computing may delay it. */
const SILENCE = 180_000;
/** Milliseconds that writing a lock takes at most; one that names no owner after that has none. */
const WRITING = 5000;
/** How often a lock that changes hands meanwhile is tried, and milliseconds between tries while another takes it over. */
const ATTEMPTS = 20;
const TAKEOVER = 20;
/** How Windows refuses a file that was removed while another process still has it open. */
const HELD_OPEN = ['EPERM', 'EACCES', 'EBUSY'];

/** Bytes of a lock. */
const MOST_BYTES = 65_536;

/** Contents of the locks of this process, each unique. */
const held = new Set<string>();

/** A lock that this process holds. */
export interface Lock {
  /** @throws XincError `conflict` if it was lost: removed by somebody, or taken over while this process stood still; `io` */
  check(): Promise<void>;
  /**
   * Gives the lock back; one that was lost is left to whom it belongs.
   * @throws XincError `io`
   */
  release(): Promise<void>;
}

/**
 * Takes a lock, so that two processes do not write to one run at once. The lock of a process that was killed without a
 * chance to give it back is taken over: at once where it can be seen that it is gone, after five seconds where it names
 * nobody, else after three minutes of silence.
 * @param file where the lock is; its folder exists
 * @param what is locked, for messages
 * @throws XincError `conflict` if another process holds it, `io`
 */
export async function takeLock(file: string, what: string): Promise<Lock> {
  const own: Owner & { token: string } = { pid: process.pid, host: hostname(), token: randomUUID() };
  const content = JSON.stringify(own);
  held.add(content);
  try {
    const there = await occupy(file, content);
    if (there === content) return keep(file, content, what);
    throw new XincError('conflict', `${what} is being written by another process${naming(there)}`, {
      subject: what,
      hint: ownerOf(there)
        ? 'Wait until it is done, or stop it first.'
        : `Its ${basename(file)} names no process yet; where none writes one, the command works in ${WRITING / 1000} seconds.`,
    });
  } catch (error) {
    held.delete(content);
    throw error;
  }
}

/** A process that a lock names. */
export interface LockHolder {
  readonly pid: number;
  /** Its machine; `undefined` for this one. */
  readonly host: string | undefined;
  /** Whether it holds the lock still; one that does not is gone, and the lock could be taken. */
  readonly atWork: boolean;
}

/**
 * Whom a lock names, and whether that process holds it, as `takeLock` would find it; `undefined` where it is not there, or names nobody.
 * A process of this machine is looked for; of one on another machine there is only its last sign of life to go by.
 * @throws XincError `io`, `invalid-file` for what is no lock
 */
export async function lockHolder(file: string): Promise<LockHolder | undefined> {
  const content = await read(file);
  const owner = content === null ? undefined : ownerOf(content);
  if (owner === undefined) return undefined;
  const host = owner.host === hostname() ? undefined : owner.host;
  return { pid: owner.pid, host, atWork: await isAtWork(file, content!) };
}

/**
 * Writes the file if it is not there, or if its owner is gone.
 * @returns what is there then: this content, or that of another who is at work
 */
async function occupy(file: string, content: string): Promise<string> {
  let there = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (await create(file, content)) return content;
    const found = await read(file);
    if (found === null) continue;
    there = found;
    if (await isAtWork(file, found)) break;
    await clear(file, found, content);
  }
  return there;
}

/**
 * Removes a lock whose owner is gone. Whoever does so first claims it, with a lock of that lock's own: of several that find it
 * left behind, one removes it, and none the lock that another has taken since.
 */
async function clear(file: string, left: string, content: string): Promise<void> {
  // Named as what a killed process leaves half-written: should it stay behind, it goes with these.
  const claim = `${file}.${createHash('sha256').update(left).digest('hex').slice(0, 8)}.tmp`;
  if ((await occupy(claim, content)) !== content) {
    await pause(TAKEOVER);
    return;
  }
  try {
    if ((await read(file)) === left && !(await isAtWork(file, left))) await remove(file);
  } finally {
    await remove(claim);
  }
}

/** Holds the lock that was just written, and updates its time. */
function keep(file: string, content: string, what: string): Lock {
  const isOurs = async () => (await read(file)) === content;
  const timer = setInterval(async () => {
    const now = new Date();
    // Where the lock or its disk is lost, `check` says so.
    if (await isOurs().catch(() => false)) await utimes(file, now, now).catch(() => {});
  }, SIGN_OF_LIFE).unref();
  return {
    async check() {
      const there = await read(file);
      if (there === content) return;
      const how = there === null ? 'its lock was removed' : `another process${naming(there)} has taken it over`;
      throw new XincError('conflict', `${what} may not be written any more: ${how}`, {
        subject: what,
        hint: 'Repeat the command when no other process writes there.',
      });
    },
    async release() {
      clearInterval(timer);
      try {
        if (await isOurs()) await remove(file);
      } finally {
        held.delete(content);
      }
    },
  };
}

/** Whether the file is new; then it has this content. */
async function create(file: string, content: string): Promise<boolean> {
  const refuse = (error: unknown) => ioError(error, file, 'written');
  const handle = await patiently(() => open(file, 'wx')).catch((error) => {
    if (error.code === 'EEXIST') return null;
    throw refuse(error);
  });
  if (!handle) return false;
  try {
    await handle.writeFile(content).finally(() => handle.close());
    return true;
  } catch (error) {
    await remove(file).catch(() => {});
    throw refuse(error);
  }
}

/** `null` where there is none. */
async function read(file: string): Promise<string | null> {
  const there = await patiently(() => lstat(file)).catch(() => null);
  // Reading a pipe or a device may never end. Removed by hand, since it is not of our making.
  if (there && ((!there.isFile() && !there.isDirectory()) || there.size > MOST_BYTES)) {
    throw new XincError('invalid-file', `${file} is not the lock of a run`, { subject: file, hint: 'Remove it.' });
  }
  return patiently(() => readFile(file, 'utf8')).catch((error) => {
    if (error.code === 'ENOENT') return null;
    throw ioError(error, file, 'read');
  });
}

async function remove(file: string): Promise<void> {
  await patiently(() => rm(file, { force: true })).catch((error) => {
    throw ioError(error, file, 'removed');
  });
}

/** An operation on a lock, tried again while Windows refuses it; where permission is denied, it goes on doing so. */
async function patiently<T>(operation: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation();
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (process.platform !== 'win32' || !HELD_OPEN.includes(code) || attempt === ATTEMPTS) throw error;
      await pause(TAKEOVER);
    }
  }
}

/** `undefined` for a lock that is just being written, or whose writer was ended before it had. */
function ownerOf(content: string): Owner | undefined {
  try {
    return ownerSchema.parse(JSON.parse(content));
  } catch {
    return undefined;
  }
}

/** ` (4711 on elsewhere)` */
function naming(content: string): string {
  const owner = ownerOf(content);
  return owner ? ` (${owner.pid}${owner.host === hostname() ? '' : ` on ${owner.host}`})` : '';
}

async function isAtWork(file: string, content: string): Promise<boolean> {
  const owner = ownerOf(content);
  if (owner?.host === hostname()) {
    // In a container, the next process often has the number of the one before.
    if (owner.pid === process.pid) return held.has(content);
    if (!isAlive(owner.pid)) return false;
  }
  // On another machine, not yet written, or a process that may have got the number since.
  const { mtimeMs, ctimeMs } = await patiently(() => lstat(file)).catch(() => ({ mtimeMs: 0, ctimeMs: 0 }));
  // A time in the future is not believed: the file's status last changed at the earlier of the two.
  const age = Date.now() - Math.min(mtimeMs, ctimeMs);
  return Math.abs(age) < (owner ? SILENCE : WRITING);
}
