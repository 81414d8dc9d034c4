import { expect, test } from 'vitest';
import type { StudyManifest } from '../manifest/manifest.js';
import { findTask, tasksOf } from './tasks.js';

const MANIFEST: StudyManifest = {
  schema: 1,
  signals: [
    { name: 'bear', path: 'bear.png' },
    { name: 'deer', path: 'deer.png', labels: 'deer-labels.png' },
  ],
  networks: [{ name: 'ffn', model: 'ffn', settings: { width: 24, layers: 2 } }],
  seeds: [0, 1],
};
const tasks = (changes: Partial<StudyManifest> = {}) => tasksOf({ ...MANIFEST, ...changes }, 'study.yaml');
const digests = (of: ReturnType<typeof tasks>) => Object.fromEntries(of.map(({ id, digest }) => [id, digest]));

test('every signal with every network and every seed is a task', () => {
  expect(tasks().map(({ id }) => id)).toEqual(['bear-ffn-s0', 'bear-ffn-s1', 'deer-ffn-s0', 'deer-ffn-s1']);
  expect(new Set(Object.values(digests(tasks()))).size).toBe(4);
});

test('tasks keep their names and digests when others come, and when a study moves', () => {
  const before = digests(tasks());
  const more = digests(
    tasks({
      signals: [{ name: 'elk', path: 'elk.png' }, ...MANIFEST.signals.map((signal) => ({ ...signal, path: 'moved' }))],
      networks: [{ name: 'nerv', model: 'nerv' }, ...MANIFEST.networks],
      seeds: [7, 0, 1],
    }),
  );
  expect(more).toMatchObject(before);
});

test('a digest depends on what a run is made with, and not on how that is written', () => {
  const [{ digest }] = tasks();
  const [network] = MANIFEST.networks;
  expect(tasks({ networks: [{ ...network, settings: { layers: 2, width: 24 } }] })[0].digest).toBe(digest);
  for (const changes of [
    { networks: [{ ...network, settings: { width: 25, layers: 2 } }] },
    { networks: [{ ...network, steps: 5 }] },
    { steps: 5 },
    { untilPsnr: 30 },
    { networks: [{ ...network, untilPsnr: 30 }] },
    { size: '8x8' },
    { analyses: ['canvas'] },
    { signals: [{ name: 'bear', path: 'bear.png', labels: 'labels.png' }] },
  ]) {
    expect(tasks(changes)[0].digest).not.toBe(digest);
  }
});

test('a PSNR of each signal is part of its own tasks alone, and goes before that of all', () => {
  const [network] = MANIFEST.networks;
  const of = (deer: number) => tasks({ untilPsnr: 20, networks: [{ ...network, untilPsnr: { bear: 30, deer } }] });
  expect(of(25).map(({ untilPsnr }) => untilPsnr)).toEqual([30, 30, 25, 25]);
  expect(tasks({ untilPsnr: 20 }).map(({ untilPsnr }) => untilPsnr)).toEqual([20, 20, 20, 20]);
  const [before, after] = [digests(of(25)), digests(of(26))];
  expect(after['bear-ffn-s0']).toBe(before['bear-ffn-s0']);
  expect(after['deer-ffn-s0']).not.toBe(before['deer-ffn-s0']);
});

test('tasks that would have one name are refused', () => {
  const signals = [
    { name: 'a-b', path: 'x' },
    { name: 'a', path: 'y' },
  ];
  const networks = [
    { name: 'c', model: 'ffn' },
    { name: 'b-c', model: 'ffn' },
  ];
  expect(() => tasks({ signals, networks })).toThrow(
    "study.yaml: two tasks are called 'a-b-c-s0'. Give a signal or network another name.",
  );
  const seeds = Array.from({ length: 50_000 }, (_, i) => i);
  const many = Array.from({ length: 50 }, (_, i) => ({ name: `n${i}`, path: 'x' }));
  expect(() => tasks({ seeds, signals: many })).toThrow('2500000 tasks are too many');
});

test('a task is found by its name, or its place from 1', () => {
  expect(findTask(tasks(), '1').id).toBe('bear-ffn-s0');
  expect(findTask(tasks(), 'deer-ffn-s1').id).toBe('deer-ffn-s1');
  for (const which of ['0', '5', 'elk-ffn-s0']) {
    expect(() => findTask(tasks(), which)).toThrow(
      `The study has no task '${which}'. It has 4: 1 to 4, or by name, such as bear-ffn-s0.`,
    );
  }
});
