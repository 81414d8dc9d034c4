import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LONGEST_NOTE, MOST_STARS } from '@xinc/core/formats';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RunFolder } from '../folder/folder.js';
import { changeStar, storedStars } from './stars.js';

let path: string;
let folder: RunFolder;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'xinc-stars-'));
  folder = new RunFolder(path);
});
afterEach(() => rm(path, { recursive: true, force: true }));

const write = (text: string) => writeFile(join(path, 'stars.json'), text);
const file = (stars: unknown) => JSON.stringify({ schema: 1, stars });

test('a star is set, its note changed in its place, and taken away', async () => {
  expect(await storedStars(folder)).toEqual([]);
  await changeStar(folder, { layer: 'block1', neuron: 21_334, note: 'the boat, “Grüße” 🚣' });
  await changeStar(folder, { layer: 'layer2', neuron: 3, note: '' });
  await changeStar(folder, { layer: 'block1', neuron: 21_334, note: 'the sail' });
  const stars = [
    { layer: 'block1', neuron: 21_334, note: 'the sail' },
    { layer: 'layer2', neuron: 3, note: '' },
  ];
  expect(await storedStars(folder)).toEqual(stars);
  expect(JSON.parse(await readFile(join(path, 'stars.json'), 'utf8'))).toEqual({ schema: 1, stars });
  expect(await changeStar(folder, { layer: 'block1', neuron: 21_334, note: null })).toEqual(stars.slice(1));
  expect(await changeStar(folder, { layer: 'gone', neuron: 1, note: null })).toEqual(stars.slice(1));
});

test.each([
  ['{', 'it is not JSON'],
  ['{"schema":2,"stars":[]}', 'schema: this version of XINC reads 1'],
  [file([{ layer: 'a', neuron: -1, note: '' }]), 'stars.0.neuron: Too small: expected number to be >=0'],
  [file([{ layer: 'a', neuron: 1, note: 'a\u0000b' }]), 'stars.0.note: has a control character'],
  [file([{ layer: 'a', neuron: 1, note: 'x'.repeat(LONGEST_NOTE + 1) }]), 'stars.0.note: Too big'],
  [
    file(Array.from({ length: MOST_STARS + 1 }, (_, neuron) => ({ layer: 'a', neuron, note: '' }))),
    'has more than 1000',
  ],
  [file([1, 2].map(() => ({ layer: 'a', neuron: 1, note: '' }))), 'stars: names a neuron twice'],
])('a file of a stranger is refused, and stays as it is: %.60s', async (text, why) => {
  await write(text);
  await expect(storedStars(folder)).rejects.toThrow(why);
  await expect(changeStar(folder, { layer: 'a', neuron: 1, note: '' })).rejects.toThrow('stars.json is damaged: ');
  expect(await readFile(join(path, 'stars.json'), 'utf8')).toBe(text);
});

test('neither a file that is too large nor a link is read or written', async () => {
  await write(' '.repeat(5 * 2 ** 20));
  await expect(storedStars(folder)).rejects.toThrow('and such a file of this run has at most 4');
  await rm(join(path, 'stars.json'));
  const outside = await mkdtemp(join(tmpdir(), 'xinc-stars-'));
  await writeFile(join(outside, 'mine'), 'mine');
  await symlink(outside, join(path, 'stars.json'), 'junction');
  await expect(changeStar(folder, { layer: 'a', neuron: 1, note: '' })).rejects.toThrow('stars.json is a link');
  expect(await readFile(join(outside, 'mine'), 'utf8')).toBe('mine');
  await rm(outside, { recursive: true });
});

test('a note that is too long, or has lines, is refused; and so is one star too many', async () => {
  const star = { layer: 'a', neuron: 1 };
  await expect(changeStar(folder, { ...star, note: 'x'.repeat(501) })).rejects.toThrow(
    /^A star's note: .*A note has at most 500 characters, and no line breaks\.$/,
  );
  await expect(changeStar(folder, { ...star, note: 'a\nb' })).rejects.toThrow("A star's note: has a control character");
  await write(file(Array.from({ length: MOST_STARS }, (_, neuron) => ({ layer: 'b', neuron, note: '' }))));
  await expect(changeStar(folder, { ...star, note: '' })).rejects.toThrow(
    'A run keeps 1000 stars, and this one has them. Take one away first.',
  );
});

test('while another process writes stars it is refused, and nothing of theirs is lost', async () => {
  await writeFile(join(path, 'stars.lock'), JSON.stringify({ pid: 1, host: 'elsewhere' }));
  await expect(changeStar(folder, { layer: 'a', neuron: 1, note: '' })).rejects.toThrow(
    /stars\.json is being written by another process \(1 on elsewhere\)/,
  );
  await rm(join(path, 'stars.lock'));
  await mkdir(join(path, 'stars.json'));
  await expect(changeStar(folder, { layer: 'a', neuron: 1, note: '' })).rejects.toThrow('is a folder');
});
