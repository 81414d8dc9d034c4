import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type InrPlugin, ndarray, XincError } from '@xinc/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readNetworkFile } from '../src/import/network-file.js';

/* Files that hold a network whole, and the files that these name. */
let outer = '';
const inside = (...parts: string[]) => join(outer, 'network', ...parts);

beforeAll(async () => {
  outer = await mkdtemp(join(tmpdir(), 'xinc-network-'));
  await mkdir(inside('parts'), { recursive: true });
  await writeFile(join(outer, 'secret.bin'), 'secret bytes');
  await writeFile(inside('net.mine'), 'a network');
  await writeFile(inside('weights.bin'), 'weights');
  await writeFile(inside('parts', 'more.bin'), 'more weights');
  await mkdir(join(outer, 'elsewhere'));
  await writeFile(join(outer, 'elsewhere', 'far.bin'), 'far weights');
  // Where links can be made.
  await symlink(join(outer, 'secret.bin'), inside('link.bin')).catch(() => {});
  await symlink(join(outer, 'elsewhere'), inside('linked'), 'junction').catch(() => {});
});
afterAll(() => rm(outer, { recursive: true, force: true }));

type Place = readonly [path: string, offset?: number, length?: number];

/** A model whose files say where their weights lie. */
function pluginOf(...[path, offset = 0, length]: Place): InrPlugin {
  return {
    kind: 'inr',
    name: 'mine',
    title: 'Mine',
    description: 'A network in a file.',
    signals: ['image'],
    config: z.object({}),
    build: () => expect.fail('nothing is built'),
    files: {
      endings: ['.mine'],
      checkBeginning(head, name) {
        if (head[0] === 0) throw new XincError('invalid-file', `${name} begins with a zero`, { subject: name });
      },
      read({ beside }) {
        const values = Float32Array.from(beside(path, offset, length));
        return { config: {}, settled: [], weights: { w: ndarray([values.length], values) }, description: 'mine' };
      },
    },
  };
}

const read = (place: Place, file = inside('net.mine')) => readNetworkFile(file, pluginOf(...place), {}, undefined);

test('weights are read from the network’s folder and below it, as far as they are asked for', async () => {
  expect((await read(['weights.bin'])).files).toEqual([inside('net.mine'), inside('weights.bin')]);
  await expect(read(['parts/more.bin', 5, 7])).resolves.toBeTruthy();
  await expect(read(['weights.bin', 7, 0])).resolves.toBeTruthy();
});

describe('weights are refused in one line where', () => {
  test.each<[string, Place, RegExp]>([
    [
      'they lie above the folder',
      ['../secret.bin'],
      /^net\.mine names the file '\.\.\/secret\.bin', which is not in its folder\. Weights are read from the folder of the network alone\.$/,
    ],
    ['the path goes in and out again', ['parts/../../secret.bin'], /which is not in its folder/],
    ['the path has other slashes', ['..\\secret.bin'], /which is not in its folder/],
    [
      'the path is absolute',
      ['/etc/hostname'],
      /^net\.mine names the file '\/etc\/hostname', which is not in its folder/,
    ],
    ['the path is empty', [''], /which is not in its folder/],
    ['the path has a zero', ['weights.bin\0.txt'], /which is not in its folder/],
    [
      'the path is a folder',
      ['parts'],
      /parts is no regular file\. Put the file itself there: links are not followed\.$/,
    ],
    [
      'the file is missing',
      ['gone.bin'],
      /gone\.bin is missing: net\.mine keeps its weights in it\. Put both files into one folder\.$/,
    ],
    [
      'the file is shorter',
      ['weights.bin', 0, 3_000_000_000],
      /weights\.bin has 7 bytes, and net\.mine asks for those up to 3000000000\. Copy both files again\.$/,
    ],
    ['they begin behind its end', ['weights.bin', 99], /has 7 bytes, and net\.mine asks for those up to 7/],
    ['they begin before it', ['weights.bin', -3, 2], /has 7 bytes, and net\.mine asks for those up to -1/],
    ['there are fewer than none', ['weights.bin', 3, -2], /has 7 bytes, and net\.mine asks for those up to 1/],
    ['their place is no number', ['weights.bin', Number.NaN, 2], /has 7 bytes, and net\.mine asks for those up to NaN/],
  ])('%s', async (_, place, message) => {
    await expect(read(place)).rejects.toThrow(message);
  });

  test.skipIf(process.platform === 'win32')('the file is a link, or in a folder that is one', async () => {
    await expect(read(['link.bin'])).rejects.toThrow(/link\.bin is no regular file\. .*links are not followed/);
    await expect(read(['linked/far.bin'])).rejects.toThrow(
      /names the file 'linked\/far\.bin', which is not in its folder/,
    );
  });
});

describe('a network’s file', () => {
  test('is refused by its first bytes, before two gigabytes of it are read', async () => {
    const zeros = inside('zeros.mine');
    await writeFile(zeros, '');
    await truncate(zeros, 2 ** 31 - 2);
    const before = process.memoryUsage().rss;
    await expect(read(['weights.bin'], zeros)).rejects.toThrow('zeros.mine begins with a zero');
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 29);
    await rm(zeros);
  });

  test('of more than two gigabytes is refused', async () => {
    const large = inside('large.mine');
    await writeFile(large, 'a network');
    await truncate(large, 2 ** 31 + 9);
    await expect(read(['weights.bin'], large)).rejects.toThrow(
      /large\.mine has 2\.0 GB; 2\.0 GB are read\. Export the network with its weights in a file beside it/,
    );
    await rm(large);
  });

  test('that is missing, or no file, is refused', async () => {
    await expect(read(['weights.bin'], inside('gone.mine'))).rejects.toThrow(/gone\.mine/);
    await expect(read(['weights.bin'], inside('parts'))).rejects.toThrow(/parts is no regular file/);
  });
});
