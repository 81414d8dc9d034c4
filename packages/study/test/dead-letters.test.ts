import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { doneMark, STUDY_FILES } from '../src/files.js';
import { runPath, type Study } from '../src/open-study.js';
import { keepDeadLetters } from '../src/queue/dead-letters.js';
import type { DeadLetter } from '../src/queue/study-queue.js';
import { writeFailure } from '../src/tasks/failure.js';
import { studyStatus } from '../src/tasks/status.js';
import { smallStudy } from './small-study.js';

/** A queue that gave all tasks of a study up, and what of its letters was read. */
function queueOf({ tasks }: Study) {
  const letters: DeadLetter[] = tasks.map(({ id, digest }) => ({
    id: `of ${id}`,
    task: id,
    digest,
    why: 'it is gone',
  }));
  const read: string[] = [];
  return {
    read,
    takeDeadLetters: async (most: number) => letters.splice(0, most),
    discard: async ({ id }: DeadLetter) => void read.push(id),
  };
}

const keep = (study: Study, queue: ReturnType<typeof queueOf>) =>
  keepDeadLetters(study, queue, async ({ task, digest }) =>
    study.tasks.find((one) => one.id === task && one.digest === digest),
  );

test('why tasks were given up is kept in the study, unless they are done by now', async () => {
  const study = await smallStudy(101);
  const [done, before] = study.tasks;
  await mkdir(runPath(study, done), { recursive: true });
  await writeFile(join(runPath(study, done), doneMark(done.digest)), '');
  await writeFailure(study.folder, before, 'of before');
  const queue = queueOf(study);
  expect(await keep(study, queue)).toEqual(new Map());
  expect(queue.read).toHaveLength(101);
  const [first, ...others] = await studyStatus(study);
  expect(first.state).toBe('done');
  expect(new Set(others.map(({ state, why }) => `${state}: ${why}`))).toEqual(new Set(['failed: it is gone']));
});

test('what cannot be written of a failure is told to whoever asked', async () => {
  const study = await smallStudy(1);
  // A file in the place of the folder.
  await rm(join(study.path, STUDY_FILES.failures), { recursive: true, force: true });
  await writeFile(join(study.path, STUDY_FILES.failures), '');
  const queue = queueOf(study);
  expect(await keep(study, queue)).toEqual(new Map([['bear-ffn-s0', 'it is gone']]));
  expect(queue.read).toEqual(['of bear-ffn-s0']);
});
