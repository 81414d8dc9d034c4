import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { lockHolder, takeLock } from './lock.js';

/** File operations that fail, with the code they fail with and how often they do. */
const failing = vi.hoisted(
  () => new Map<'open' | 'readFile' | 'write' | 'rm' | 'lstat', { code: string; times: number }>(),
);
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const fail = (call: Parameters<typeof failing.get>[0]) => {
    const failure = failing.get(call);
    if (!failure?.times) return;
    failure.times--;
    throw Object.assign(new Error(failure.code), { code: failure.code });
  };
  const refuse =
    <A extends unknown[], R>(call: 'readFile' | 'rm' | 'lstat', operation: (...args: A) => Promise<R>) =>
    async (...args: A) => {
      fail(call);
      return operation(...args);
    };
  return {
    ...real,
    readFile: refuse('readFile', real.readFile as (path: string) => Promise<unknown>),
    rm: refuse('rm', real.rm),
    lstat: refuse('lstat', real.lstat as (path: string) => Promise<unknown>),
    async open(...args: Parameters<typeof real.open>) {
      fail('open');
      const handle = await real.open(...args);
      const { writeFile } = handle;
      handle.writeFile = async (...content) => {
        fail('write');
        return writeFile.apply(handle, content);
      };
      return handle;
    },
  };
});

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xinc-lock-'));
  file = join(folder, 'xinc.lock');
});
afterEach(() => {
  failing.clear();
  return rm(folder, { recursive: true, force: true });
});

function fail(call: Parameters<typeof failing.get>[0], code: string, times = Number.POSITIVE_INFINITY): void {
  failing.set(call, { code, times });
}

/** As on this platform, until the test ends. */
function onPlatform(platform: NodeJS.Platform): void {
  const real = Object.getOwnPropertyDescriptor(process, 'platform')!;
  Object.defineProperty(process, 'platform', { ...real, value: platform });
  onTestFinished(() => void Object.defineProperty(process, 'platform', real));
}

/** Succeeds where the lock is free, or left behind; nothing of it stays. */
async function takeAndRelease(): Promise<void> {
  await (await takeLock(file, 'RUN')).release();
  expect(await readdir(folder)).toEqual([]);
}

/** As if the owner had shown no sign of life for three minutes. */
async function silence(path = file, milliseconds = 200_000): Promise<void> {
  const before = new Date(Date.now() - milliseconds);
  await utimes(path, before, before);
}

const lockOf = (pid: number, host = hostname()) => writeFile(file, JSON.stringify({ pid, host }));

/** A process that does nothing, until the callback given to it has ended. */
async function besideProcess(work: (pid: number, end: () => Promise<void>) => Promise<void>): Promise<void> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  try {
    await work(child.pid!, end);
  } finally {
    await end();
  }
}

test('a lock is held by one at a time, and gone when it is given back', async () => {
  const lock = await takeLock(file, 'RUN');
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
  await lock.check();
  await expect(takeLock(file, 'RUN')).rejects.toMatchObject({
    code: 'conflict',
    message: `RUN is being written by another process (${process.pid}). Wait until it is done, or stop it first.`,
  });
  await lock.release();
  expect(await readdir(folder)).toEqual([]);
  await takeAndRelease();
});

test('whom a lock names is told, and whether its process is gone or silent', async () => {
  expect(await lockHolder(file)).toBeUndefined();
  const lock = await takeLock(file, 'RUN');
  expect(await lockHolder(file)).toEqual({ pid: process.pid, host: undefined, atWork: true });
  await lock.release();
  await besideProcess(async (pid, end) => {
    await lockOf(pid);
    expect(await lockHolder(file)).toEqual({ pid, host: undefined, atWork: true });
    await end();
    expect(await lockHolder(file)).toEqual({ pid, host: undefined, atWork: false });
  });
  await lockOf(1, 'elsewhere');
  expect(await lockHolder(file)).toEqual({ pid: 1, host: 'elsewhere', atWork: true });
  await silence();
  expect(await lockHolder(file)).toEqual({ pid: 1, host: 'elsewhere', atWork: false });
  await writeFile(file, '{"pid": 1');
  expect(await lockHolder(file)).toBeUndefined();
});

test('the lock of another process holds while it lives, and is taken over once it was killed', async () => {
  await besideProcess(async (pid, end) => {
    await lockOf(pid);
    await expect(takeLock(file, 'RUN')).rejects.toThrow(`RUN is being written by another process (${pid})`);
    await end();
    await takeAndRelease();
  });
});

test('a lock without a sign of life for minutes is taken over, though a process has its number', async () => {
  await besideProcess(async (pid) => {
    await lockOf(pid);
    await silence();
    await takeAndRelease();
  });
});

test('a lock of another machine holds while it shows signs of life', async () => {
  await lockOf(1, 'elsewhere');
  await expect(takeLock(file, 'RUN')).rejects.toThrow('by another process (1 on elsewhere)');
  await silence();
  await takeAndRelease();
});

test('a lock that this process left when it had another life is taken over', async () => {
  await lockOf(process.pid);
  await takeAndRelease();
});

test.each(['', '{"pid": 1'])(
  'a lock that is being written holds, and is taken over where that never ends: %j',
  async (cut) => {
    await writeFile(file, cut);
    await expect(takeLock(file, 'RUN')).rejects.toThrow(
      'RUN is being written by another process. Its xinc.lock names no process yet; where none writes one, the command works in 5 seconds.',
    );
    expect(await readFile(file, 'utf8')).toBe(cut);
    await silence(file, 6_000);
    await takeAndRelease();
  },
);

test.each(['not JSON', '[]', '{"pid": -1, "host": 3}'])(
  'what is no lock is taken over when none can be writing it any more: %.20s',
  async (content) => {
    await writeFile(file, content);
    await expect(takeLock(file, 'RUN')).rejects.toMatchObject({ code: 'conflict' });
    await silence(file, 6_000);
    await takeAndRelease();
  },
);

test('a date in the future is no sign of life: the lock holds from when it got that date', async () => {
  await lockOf(1, 'elsewhere');
  const future = new Date(Date.now() + 86_400_000);
  await utimes(file, future, future);
  await expect(takeLock(file, 'RUN')).rejects.toMatchObject({ code: 'conflict' });
  vi.setSystemTime(Date.now() + 200_000);
  onTestFinished(() => void vi.useRealTimers());
  await takeAndRelease();
});

test('a date in the future after the clock was set back is no sign of life', async () => {
  await lockOf(1, 'elsewhere');
  vi.setSystemTime(Date.now() - 86_400_000);
  onTestFinished(() => void vi.useRealTimers());
  await takeAndRelease();
});

test.runIf(process.platform === 'linux')(
  'the lock of a process that has ended, and whose parent does not know yet, is taken over',
  async () => {
    // The shell goes on as another program, which does not hear of the shell's child; the shell itself may hear of one that ends before.
    const parent = spawn('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [line] = await once(parent.stdout, 'data');
      const pid = Number(String(line));
      await expect.poll(() => readFile(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) Z /);
      await lockOf(pid);
      await takeAndRelease();
    } finally {
      parent.kill('SIGKILL');
      await once(parent, 'exit');
    }
  },
);

test('a lock that was lost is noticed, and left to whom it belongs', async () => {
  const lost = await takeLock(file, 'RUN');
  await silence();
  await lockOf(4711, 'elsewhere');
  await expect(lost.check()).rejects.toMatchObject({
    code: 'conflict',
    message:
      'RUN may not be written any more: another process (4711 on elsewhere) has taken it over. Repeat the command when no other process writes there.',
  });
  await lost.release();
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ pid: 4711, host: 'elsewhere' });
  await rm(file);
  const removed = await takeLock(file, 'RUN');
  await rm(file);
  await expect(removed.check()).rejects.toThrow('RUN may not be written any more: its lock was removed');
  await removed.release();
});

test('signs of life keep the lock, and are no longer given once it is lost', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const age = async () => Date.now() - (await stat(file)).mtimeMs;
  const lock = await takeLock(file, 'RUN');
  await silence();
  vi.advanceTimersByTime(10_000);
  await expect.poll(age).toBeLessThan(100_000);
  await lockOf(4711, 'elsewhere');
  await silence();
  await vi.advanceTimersByTimeAsync(10_000);
  await lock.release();
  expect(await age()).toBeGreaterThan(100_000);
});

test('a claim to a lock left behind ends with the process that made it', async () => {
  const left = JSON.stringify({ pid: 1, host: 'elsewhere' });
  await writeFile(file, left);
  await silence();
  const claim = `${file}.${createHash('sha256').update(left).digest('hex').slice(0, 8)}.tmp`;
  await besideProcess(async (pid, end) => {
    await writeFile(claim, JSON.stringify({ pid, host: hostname() }));
    await expect(takeLock(file, 'RUN')).rejects.toMatchObject({ code: 'conflict' });
    await end();
    await takeAndRelease();
  });
});

test('a lock that cannot be written, read or removed is said to be so, and the lock of another stays', async () => {
  const cases = [
    ['open', 'EROFS', `${file} cannot be written: the file system is read-only. Choose a folder`],
    ['open', 'EMFILE', `${file} cannot be written: this process has as many files open as the system lets it`],
    ['readFile', 'EACCES', `${file} cannot be read: permission is denied`],
  ] as const;
  await lockOf(process.ppid);
  for (const [call, code, message] of cases) {
    fail(call, code);
    const refused = await takeLock(file, 'RUN').catch((error) => error);
    failing.clear();
    expect(refused).toMatchObject({ code: 'io', message: expect.stringContaining(message) });
    expect(await readdir(folder)).toEqual(['xinc.lock']);
  }
  await rm(file);
  fail('write', 'ENOSPC');
  await expect(takeLock(file, 'RUN')).rejects.toThrow(`${file} cannot be written: the disk is full. Free some space`);
  failing.clear();
  expect(await readdir(folder)).toEqual([]);
  const lock = await takeLock(file, 'RUN');
  fail('rm', 'EPERM');
  await expect(lock.release()).rejects.toMatchObject({
    code: 'io',
    message: expect.stringContaining(`${file} cannot be removed: permission is denied`),
  });
});

describe('a file that was removed and that another process still has open', () => {
  const refusals = ['EPERM', 'EACCES', 'EBUSY'];

  test.each(refusals)('is waited for on Windows, which answers %s', async (code) => {
    onPlatform('win32');
    fail('open', code, 3);
    const lock = await takeLock(file, 'RUN');
    fail('readFile', code, 3);
    await lock.check();
    fail('readFile', code, 3);
    fail('rm', code, 3);
    await lock.release();
    expect([...failing.values()].map(({ times }) => times)).toEqual([0, 0, 0]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('does not make a lock that is held seem left behind', async () => {
    onPlatform('win32');
    await lockOf(1, 'elsewhere');
    fail('lstat', 'EPERM', 5);
    await expect(takeLock(file, 'RUN')).rejects.toMatchObject({ code: 'conflict' });
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ pid: 1, host: 'elsewhere' });
  });

  test.each(refusals)('is told from one that stays refused with %s', async (code) => {
    onPlatform('win32');
    fail('open', code);
    await expect(takeLock(file, 'RUN')).rejects.toMatchObject({
      code: 'io',
      message: expect.stringContaining('written'),
    });
    expect(await readdir(folder)).toEqual([]);
  });

  test.each(['linux', 'darwin'] as const)('is no matter on %s, where a refusal is final', async (platform) => {
    onPlatform(platform);
    fail('open', 'EACCES', 1);
    await expect(takeLock(file, 'RUN')).rejects.toMatchObject({ code: 'io' });
  });
});

test('a folder that is not there is said to be the reason', async () => {
  await expect(takeLock(join(folder, 'none', 'xinc.lock'), 'RUN')).rejects.toThrow(
    /cannot be written: it does not exist/,
  );
});
