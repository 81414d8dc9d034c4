import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeLock } from './lock.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xinc-lock-'));
  file = join(folder, 'xinc.lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

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
  const release = await takeLock(file, 'RUN');
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ pid: process.pid, host: hostname() });
  await expect(takeLock(file, 'RUN')).rejects.toMatchObject({
    code: 'conflict',
    message: `RUN is being written by another process (${process.pid}). Wait until it is done, or stop it first.`,
  });
  await release();
  expect(await readdir(folder)).toEqual([]);
  await (await takeLock(file, 'RUN'))();
});

test('the lock of another process holds while it lives, and is taken over once it was killed', async () => {
  await besideProcess(async (pid, end) => {
    await lockOf(pid);
    await expect(takeLock(file, 'RUN')).rejects.toThrow(`RUN is being written by another process (${pid})`);
    await end();
    await (await takeLock(file, 'RUN'))();
  });
});

test('a lock without a sign of life for minutes is taken over, though a process has its number', async () => {
  await besideProcess(async (pid) => {
    await lockOf(pid);
    const before = new Date(Date.now() - 200_000);
    await utimes(file, before, before);
    await (await takeLock(file, 'RUN'))();
  });
});

test('a lock of another machine holds while it shows signs of life', async () => {
  await lockOf(1, 'elsewhere');
  await expect(takeLock(file, 'RUN')).rejects.toThrow('by another process (1 on elsewhere)');
  const before = new Date(Date.now() - 200_000);
  await utimes(file, before, before);
  await (await takeLock(file, 'RUN'))();
});

test('a lock that this process left when it had another life, or that was cut short, is taken over', async () => {
  await lockOf(process.pid);
  await (await takeLock(file, 'RUN'))();
  await writeFile(file, '{"pid": 1');
  await (await takeLock(file, 'RUN'))();
});

test('a folder that is not there is said to be the reason', async () => {
  await expect(takeLock(join(folder, 'none', 'xinc.lock'), 'RUN')).rejects.toThrow(
    /cannot be written: it does not exist/,
  );
});
