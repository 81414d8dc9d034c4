import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SignalShape, XincError } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import { encodePng } from '@xinc/signals';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { addToStudy, newStudy } from '../src/make-study.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xinc-study-'));
  for (const name of ['bear', 'deer', 'elk']) {
    await mkdir(at(`clips/${name}/frames`), { recursive: true });
    await mkdir(at(`clips/${name}/labels`), { recursive: true });
  }
});
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string) => join(folder, ...name.split('/'));

/** A model of pictures with a width, and nothing else. */
const plugin = {
  name: 'ffn',
  signals: ['image'],
  config: z.object({ width: z.number().default(4) }),
  build: ({ width }: { width: number }, signal: SignalShape) => {
    if (signal.width % width === 0) return {};
    throw new XincError('invalid-option', `ffn: ${signal.width} is no multiple of ${width}`, {
      hint: 'Give `size: 8x8`.',
    });
  },
};
const registry = {
  get(_: string, name: string) {
    if (name === plugin.name) return { plugin };
    throw new XincError('not-found', `There is no model '${name}'`);
  },
  all: () => [],
} as unknown as Registry;

const clip = (name: string) => at(`clips/${name}/frames`);
const SMALL = { networks: [{ model: 'ffn' }], seeds: [0] };

test('a study names its signals and their labels from where it lies', async () => {
  const wishes = { ...SMALL, signals: [clip('bear'), clip('deer')], labels: [at('clips/deer/labels')], size: '8x8' };
  const { study, pairing } = await newStudy(at('studies/one'), wishes, registry);
  expect(pairing).toBe('folder');
  expect(study.manifest).toEqual({
    schema: 1,
    signals: [
      { name: 'bear', path: '../../clips/bear/frames' },
      { name: 'deer', path: '../../clips/deer/frames', labels: '../../clips/deer/labels' },
    ],
    networks: [{ name: 'ffn', model: 'ffn' }],
    seeds: [0],
    size: '8x8',
  });
});

test('what is added comes to what is there, which keeps its names', async () => {
  await newStudy(at('study'), { ...SMALL, signals: [clip('bear'), clip('deer')] }, registry);
  const before = await readFile(at('study/study.yaml'), 'utf8');
  const networks = [{ model: 'ffn', settings: { width: 8 } }];
  const wishes = { signals: [clip('elk')], networks, seeds: [0, 1] };
  const { study } = await addToStudy(at('study'), wishes, registry);
  expect(study.tasks.map(({ id }) => id)).toEqual(
    ['bear', 'deer', 'elk'].flatMap((name) => [
      `${name}-ffn-s0`,
      `${name}-ffn-s1`,
      `${name}-ffn-2-s0`,
      `${name}-ffn-2-s1`,
    ]),
  );
  const comments = (text: string) => text.split('\n').filter((line) => line.startsWith('#'));
  expect(comments(await readFile(at('study/study.yaml'), 'utf8'))).toEqual(comments(before));
  expect(await readdir(at('study'))).toEqual(['study.yaml']);
});

test('what cannot be is refused, and what is there stays as it is', async () => {
  const right = { ...SMALL, signals: [clip('bear')] };
  for (const [wishes, problem] of [
    [{ signals: [at('none.png')] }, 'none.png cannot be read: it does not exist'],
    [{ networks: [{ model: 'ffnn' }] }, "There is no model 'ffnn'"],
    [{ networks: [{ model: 'ffn', settings: { widht: 3 } }] }, "The model 'ffn' has no setting 'widht'"],
    [{ size: '3by4' }, 'expected HEIGHTxWIDTH'],
    [{ signals: [clip('bear'), clip('bear')] }, 'frames is in the study already. Name each signal once.'],
  ] as const) {
    await expect(newStudy(at('study'), { ...right, ...wishes }, registry)).rejects.toThrow(problem);
  }
  expect(await readdir(folder)).toEqual(['clips']);
  await newStudy(at('study'), right, registry);
  await expect(newStudy(at('study'), right, registry)).rejects.toThrow(
    'study holds a study. Choose another folder, or add to it by `addToStudy()`.',
  );
  await expect(newStudy(folder, right, registry)).rejects.toThrow('is not empty');
  await expect(addToStudy(at('study'), { seeds: [0] }, registry)).rejects.toThrow('study has all of this already');
  await writeFile(at('study/study.yaml'), 'schema: 1\n');
  await expect(addToStudy(at('study'), { seeds: [1] }, registry)).rejects.toThrow('study.yaml: signals: ');
});

test('a size that a network refuses is refused before there is a study, and before anything is added', async () => {
  for (const name of ['bear', 'deer']) {
    const rgb = new Float32Array(3 * 8 * (name === 'bear' ? 8 : 9));
    await writeFile(at(`clips/${name}/frames/0.png`), await encodePng({ height: 8, width: rgb.length / 24, rgb }));
  }
  const both = { ...SMALL, signals: [clip('bear'), clip('deer')] };
  await expect(newStudy(at('study'), both, registry)).rejects.toThrow(
    'deer with ffn: 9 is no multiple of 4. Give `size: 8x8`.',
  );
  expect(await readdir(folder)).toEqual(['clips']);
  await newStudy(at('study'), { ...SMALL, signals: [clip('bear')] }, registry);
  const before = await readFile(at('study/study.yaml'), 'utf8');
  await expect(addToStudy(at('study'), { signals: [clip('deer')] }, registry)).rejects.toThrow(
    'deer with ffn: 9 is no multiple of 4. Give size: 8x8 in study.yaml.',
  );
  expect(await readFile(at('study/study.yaml'), 'utf8')).toBe(before);
});
