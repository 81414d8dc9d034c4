import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SignalShape, XincError } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import { encodePng } from '@xinc/signals';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Study } from '../src/open-study.js';
import { checkSizes } from '../src/tasks/check-sizes.js';
import { tasksOf } from '../src/tasks/tasks.js';
import { smallStudy } from './small-study.js';

/** A study of a wide picture, a high one and a clip of three frames, and what a model of videos refuses of them. */
async function check(refuses: (shape: SignalShape) => boolean, manifest: Partial<Study['manifest']> = {}) {
  const { path, manifest: small } = await smallStudy(2);
  const picture = (height: number, width: number) =>
    encodePng({ height, width, rgb: new Float32Array(3 * height * width) });
  await writeFile(join(path, 'wide.png'), await picture(4, 8));
  await writeFile(join(path, 'high.png'), await picture(8, 4));
  await mkdir(join(path, 'clip'));
  for (const frame of [0, 1, 2]) await writeFile(join(path, 'clip', `${frame}.png`), await picture(6, 6));
  const names = ['wide.png', 'high.png', 'clip'];
  const signals = names.map((name) => ({ name: name.split('.')[0], path: name }));
  const networks = [{ name: 'net-2', model: 'net' }];
  const study = { path, manifest: { ...small, signals, networks, ...manifest } };
  const built: SignalShape[] = [];
  const build = (_: unknown, shape: SignalShape) => {
    built.push(shape);
    if (refuses(shape)) throw new XincError('invalid-option', `net: not ${shape.height}×${shape.width}`);
    return {};
  };
  const plugin = { name: 'net', signals: ['image', 'video'], config: z.object({}), build };
  const registry = { get: () => ({ plugin }), all: () => [] } as unknown as Registry;
  await checkSizes(study, tasksOf(study.manifest, 'study.yaml'), registry);
  return built;
}

test('each size is tried once with each network, whatever the seeds', async () => {
  const built = await check(() => false);
  expect(built.map(({ height, width }) => [height, width])).toEqual([
    [4, 8],
    [8, 4],
    [6, 6],
  ]);
  expect((await check(() => false, { size: '4' })).map(({ height, width }) => [height, width])).toEqual([
    [2, 4],
    [4, 2],
    [4, 4],
  ]);
  expect(await check(() => false, { size: '4x6' })).toHaveLength(1);
});

test('a size that is refused is refused with the names of signal and network', async () => {
  await expect(check(({ height }) => height === 6)).rejects.toThrow('clip with net-2: net: not 6×6');
  await expect(check(({ width }) => width === 4)).rejects.toThrow('high with net-2: net: not 8×4');
  await expect(check(() => true, { size: '4x6' })).rejects.toThrow('wide with net-2: net: not 4×6');
});

test('a network that asks for so many frames is not refused before they are counted', async () => {
  // A clip has three, of which two are taken.
  const taken = ({ kind, frames }: SignalShape) => kind === 'video' && frames !== 2;
  await expect(check(taken, { frames: '0:2' })).resolves.toBeDefined();
  await expect(check(taken)).rejects.toThrow('clip with net-2: net: not 6×6');
});

test('what cannot be read is left to its tasks', async () => {
  const signals = [{ name: 'gone', path: 'gone.png' }];
  expect(await check(() => true, { signals })).toEqual([]);
  await expect(check(() => true, { signals, size: '4x4' })).resolves.toHaveLength(1);
});
