import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeUnfinished, temporaryFolder, writeFileAtomic } from './atomic-file.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xinc-atomic-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const machine = (name: string) => createHash('sha256').update(name).digest('hex').slice(0, 4);
const ending = (pid: number, host = hostname()) => `${machine(host)}${pid.toString(16).padStart(6, '0')}0a1b.tmp`;

test('what a killed process left of a file goes when the file is written again, and what others write stays', async () => {
  const { pid: gone } = spawnSync(process.execPath, ['-e', '']);
  const other = `maps.npy.${ending(process.ppid)}`;
  const elsewhere = `maps.npy.${ending(gone, `another ${hostname()}`)}`;
  const names = [
    `maps.npy.${ending(gone)}`,
    `maps.npy.${ending(process.pid)}`,
    other,
    elsewhere,
    `x.npy.${ending(gone)}`,
  ];
  for (const name of names) await writeFile(join(folder, name), 'half');
  await writeFileAtomic(join(folder, 'maps.npy'), 'whole');
  expect((await readdir(folder)).sort()).toEqual(['maps.npy', other, elsewhere, `x.npy.${ending(gone)}`].sort());
});

test('a file that is written piece by piece is there as a whole or not at all', async () => {
  const path = join(folder, 'maps.npy');
  await writeFileAtomic(path, async (file) => {
    await file.write(Buffer.from('b'), 0, 1, 1);
    await file.write(Buffer.from('a'), 0, 1, 0);
    expect(await readdir(folder)).not.toContain('maps.npy');
  });
  expect(await readFile(path, 'utf8')).toBe('ab');
  const failing = writeFileAtomic(path, async (file) => {
    await file.write(Buffer.from('c'));
    throw Object.assign(new Error('full'), { code: 'ENOSPC' });
  });
  await expect(failing).rejects.toThrow(`${path} cannot be written: the disk is full`);
  expect(await readFile(path, 'utf8')).toBe('ab');
  expect(await readdir(folder)).toEqual(['maps.npy']);
});

test('what a process has not finished is removed before it ends at once', async () => {
  const path = join(folder, 'maps.npy');
  const writing = writeFileAtomic(path, async () => {
    removeUnfinished();
    expect(await readdir(folder)).toEqual([]);
    throw new Error('ended');
  });
  await expect(writing).rejects.toThrow('ended');
});

test('a folder that this process fills stays while a file of that name is written, however its path is given', async () => {
  const path = relative(process.cwd(), join(folder, 'page.html'));
  const { path: filled, remove } = await temporaryFolder(join(folder, 'page.html'));
  await writeFileAtomic(path, 'whole');
  expect(await readdir(folder)).toHaveLength(2);
  await remove();
  expect(await readdir(folder)).toEqual(['page.html']);
  await temporaryFolder(path);
  removeUnfinished();
  expect(await readdir(folder)).toEqual(['page.html']);
  expect(filled).toMatch(/\.tmp$/);
});
