import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { removeLeftovers } from './atomic-file.js';

test('what killed processes left half-written goes, in folders below too, and not behind links', async () => {
  const root = await mkdtemp(join(tmpdir(), 'xinc-leftovers-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const [run, elsewhere] = [join(root, 'run'), join(root, 'elsewhere')];
  await mkdir(join(run, 'signal'), { recursive: true });
  await mkdir(elsewhere);
  const name = 'a.png.0123abcd.tmp';
  for (const folder of [run, join(run, 'signal'), elsewhere]) await writeFile(join(folder, name), '');
  await writeFile(join(run, 'notes.tmp'), '');
  await mkdir(join(run, `.${name}`, 'figures'), { recursive: true });
  await writeFile(join(run, `.${name}`, 'figures', 'a.svg'), '');
  await symlink(elsewhere, join(run, 'link'), 'junction');
  await symlink(elsewhere, join(run, 'link.0123abcd.tmp'), 'junction');
  await removeLeftovers(run);
  expect((await readdir(run)).sort()).toEqual(['link', 'link.0123abcd.tmp', 'notes.tmp', 'signal']);
  expect(await readdir(join(run, 'signal'))).toEqual([]);
  expect(await readdir(elsewhere)).toEqual([name]);
});
