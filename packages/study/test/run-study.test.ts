import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { XincError } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import { encodePng } from '@xinc/signals';
import { expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { Remaining } from '../src/local/remaining.js';
import { runStudy } from '../src/local/run-study.js';
import { shareMachine } from '../src/local/share-machine.js';
import { studyStatus } from '../src/tasks/status.js';
import { smallStudy } from './small-study.js';
import { doing, linesOf } from './task-processes.js';

/** Whether the disk is full on which it is written why tasks failed. */
const disk = vi.hoisted(() => ({ full: false }));
vi.mock('../src/tasks/failure.js', async (original) => {
  const real = await original<typeof import('../src/tasks/failure.js')>();
  return {
    ...real,
    async writeFailure(...args: Parameters<typeof real.writeFailure>) {
      if (disk.full) throw new XincError('io', 'the disk is full');
      return real.writeFailure(...args);
    },
  };
});

test('every task is done once, and what is done is not done again', async () => {
  const study = await smallStudy(5);
  const options = { jobs: 2, command: doing(study, 'done') };
  const states = await runStudy(study, options);
  expect(states.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done', 'done']);
  await runStudy(study, options);
  expect(await linesOf(study, 'begun')).toEqual(study.tasks.map(({ id }) => id));
});

test('a size that a network refuses is refused before any task is begun, and not where only what failed is done', async () => {
  const study = await smallStudy(2);
  await writeFile(join(study.path, 'bear.png'), await encodePng({ height: 1, width: 3, rgb: new Float32Array(9) }));
  const build = () => {
    throw new XincError('invalid-option', 'even widths are drawn', { hint: 'Give `size: 1x4`, or other `strides`.' });
  };
  const plugin = { name: 'ffn', signals: ['image'], config: z.object({}), build };
  const registry = { get: () => ({ plugin }) } as unknown as Registry;
  const options = { jobs: 1, command: doing(study, 'done'), registry };
  await expect(runStudy(study, options)).rejects.toThrow(
    'bear with ffn: even widths are drawn. Give size: 1x4 in study.yaml, or other `strides`.',
  );
  expect(await linesOf(study, 'begun').catch(() => [])).toEqual([]);
  const states = await runStudy(study, { ...options, retry: true });
  expect(states.map(({ state }) => state)).toEqual(['waiting', 'waiting']);
});

test('what failed says why, does not keep the others, and is tried again when it is asked for', async () => {
  const study = await smallStudy(3);
  const failing = { jobs: 1, command: doing(study, 'fails', 'done') };
  expect((await runStudy(study, failing))[0]).toMatchObject({ state: 'failed', why: 'it does not exist' });
  await runStudy(study, failing);
  expect((await linesOf(study, 'begun')).length).toBe(3);
  const states = await runStudy(study, { jobs: 1, command: doing(study, 'done'), retry: true });
  expect(states.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
  expect((await linesOf(study, 'begun')).length).toBe(4);
});

test.runIf(process.platform !== 'win32')(
  'a task whose process is killed is tried again, and not for ever',
  async () => {
    const study = await smallStudy(2);
    const [killed, mute] = await runStudy(study, { jobs: 2, command: doing(study, 'killed', 'mute') });
    expect(killed).toMatchObject({ state: 'failed', why: 'its process was ended by SIGKILL, 3 times in a row' });
    expect(mute.why).toBe('its process ended with 7, 3 times in a row; its last words: there is no memory');
    expect((await linesOf(study, 'begun')).length).toBe(6);
  },
);

test('what failed on a full disk, where that cannot be written, is told, does not keep the others, and is not shown as done', async () => {
  const study = await smallStudy(2);
  disk.full = true;
  onTestFinished(() => {
    disk.full = false;
  });
  const [mute, other] = await runStudy(study, { jobs: 1, command: doing(study, 'mute', 'done') });
  const why = 'its process ended with 7, 3 times in a row; its last words: there is no memory';
  expect([mute.state, mute.why, other.state]).toEqual(['failed', why, 'done']);
  expect((await studyStatus(study)).map(({ state }) => state)).toEqual(['waiting', 'done']);
});

test('not more tasks than jobs run at once, and all stop when they are asked to', async () => {
  const study = await smallStudy(4);
  const controller = new AbortController();
  const seen: string[] = [];
  const running = runStudy(
    study,
    { jobs: 2, command: doing(study, 'waits') },
    {
      abort: controller.signal,
      progress: {
        begin() {},
        update: ({ note = '' }) => void seen.push(note),
        end: (summary) => void seen.push(summary),
        line() {},
      },
    },
  );
  await expect.poll(() => seen.at(-1)).toBe('bear-ffn-s0 Training 40 %, bear-ffn-s1 Training 40 %');
  controller.abort();
  expect((await running).map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting', 'waiting']);
  expect(await linesOf(study, 'begun')).toEqual(['bear-ffn-s0', 'bear-ffn-s1']);
  expect(await linesOf(study, 'stopped')).toEqual(['bear-ffn-s0', 'bear-ffn-s1']);
  expect(seen.at(-1)).toBe('Study: 0 of 4 runs are done; repeat the command to go on from there');
});

test('a machine is shared out, so that no two threads want one processor', () => {
  const GB = 2 ** 30;
  expect(shareMachine(undefined, 2, 16 * GB)).toEqual({ jobs: 1, threads: 2 });
  expect(shareMachine(undefined, 16, 64 * GB)).toEqual({ jobs: 8, threads: 2 });
  expect(shareMachine(undefined, 16, 4 * GB)).toEqual({ jobs: 2, threads: 8 });
  expect(shareMachine(2, 2, 16 * GB)).toEqual({ jobs: 2, threads: 1 });
  expect(shareMachine(4, 2, 16 * GB)).toEqual({ jobs: 4, threads: 1 });
});

test('time left is that of the networks that are left', async () => {
  const { tasks } = await smallStudy(5);
  const nerv = { ...tasks[4], network: { name: 'nerv', model: 'nerv' } };
  const remaining = new Remaining([...tasks.slice(0, 4), nerv], 2);
  expect(remaining.seconds(new Map())).toBeUndefined();
  remaining.close(tasks[0]);
  remaining.took(tasks[0], 10);
  expect(remaining.seconds(new Map())).toBeUndefined();
  remaining.close(nerv);
  remaining.took(nerv, 100);
  expect(remaining.seconds(new Map())).toBe(15);
  expect(remaining.seconds(new Map([[tasks[1], { seconds: () => 4 }]]))).toBe(13);
});
