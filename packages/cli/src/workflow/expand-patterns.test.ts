import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expandPatterns } from './expand-patterns.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xinc [1] {a,b} '));
  for (const name of ['clip10', 'clip2', 'clip1', '.hidden'])
    await mkdir(join(folder, name, 'frames'), { recursive: true });
  await mkdir(join(folder, 'clip2', 'deeper', 'frames'), { recursive: true });
  await writeFile(join(folder, 'clip1', 'a.png'), '');
});
afterAll(() => rm(folder, { recursive: true }));

const expand = (...parts: string[]) => expandPatterns([join(folder, ...parts)], '--signals');
const framesOf = (...clips: string[]) => clips.map((clip) => join(folder, clip, 'frames'));

test('patterns are expanded in natural order, folders as well as files', async () => {
  expect(await expand('*', 'frames')).toEqual(framesOf('clip1', 'clip2', 'clip10'));
  expect(await expand('clip?', 'frames')).toEqual(framesOf('clip1', 'clip2'));
  expect(await expand('clip1', '*')).toEqual([join(folder, 'clip1', 'a.png'), join(folder, 'clip1', 'frames')]);
  // As for shells, ** is within one name.
  expect(await expand('**', 'frames')).toEqual(framesOf('clip1', 'clip2', 'clip10'));
});

test('patterns from where the process is give paths from there', async () => {
  const here = relative(process.cwd(), folder);
  expect(await expandPatterns([join(here, 'clip*', 'frames')], '--signals')).toEqual(
    ['clip1', 'clip2', 'clip10'].map((clip) => join(here, clip, 'frames')),
  );
});

test('other paths stay as they are, there or not', async () => {
  const paths = [join(folder, 'clip2'), join(folder, 'none'), 'a/../b.png'];
  expect(await expandPatterns(paths, '--signals')).toEqual(paths);
});

test.skipIf(process.platform === 'win32')('a path that is there is no pattern', async () => {
  const star = join(folder, 'clip*');
  await mkdir(star);
  expect(await expandPatterns([star], '--signals')).toEqual([star]);
  await rm(star, { recursive: true });
});

test('a pattern that matches nothing is refused in one line', async () => {
  await expect(expandPatterns(['no-such/*/frames'], '--labels')).rejects.toThrow(
    '--labels no-such/*/frames: no file or folder matches this pattern. * stands for any part of a name, ? for one character.',
  );
});
