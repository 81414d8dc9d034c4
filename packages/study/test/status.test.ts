import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { doneMark, STUDY_FILES } from '../src/files.js';
import { runPath } from '../src/open-study.js';
import { writeFailure } from '../src/tasks/failure.js';
import { countStates, studyStatus, taskStatus } from '../src/tasks/status.js';
import { smallStudy } from './small-study.js';

/** The number of a process that is gone. */
const GONE = 2 ** 22 + 1;

async function lock(study: Awaited<ReturnType<typeof smallStudy>>, task: number, pid: number, host = hostname()) {
  const file = study.folder.at(STUDY_FILES.lock(study.tasks[task].id));
  await mkdir(join(study.path, 'locks'), { recursive: true });
  await writeFile(file, JSON.stringify({ pid, host }));
  return file;
}

const statesOf = async (study: Awaited<ReturnType<typeof smallStudy>>) =>
  (await studyStatus(study)).map(({ state }) => state);

test('a run is done by the mark in its folder, and by nothing else', async () => {
  const study = await smallStudy(3);
  const [marked, other, without] = study.tasks;
  for (const task of study.tasks) await mkdir(runPath(study, task), { recursive: true });
  await writeFile(join(runPath(study, marked), doneMark(marked.digest)), '');
  await writeFile(join(runPath(study, other), doneMark('0123456789abcdef')), '');
  await writeFile(join(runPath(study, without), 'report.html'), '');
  expect(await statesOf(study)).toEqual(['done', 'waiting', 'waiting']);
  // A failure of before is over.
  await writeFailure(study.folder, marked, 'the disk is full');
  expect((await taskStatus(study, marked)).state).toBe('done');
});

test('a task runs while the process that holds its lock does, and not longer', async () => {
  const study = await smallStudy(4);
  await lock(study, 0, process.ppid);
  await lock(study, 1, GONE);
  await lock(study, 2, GONE, 'elsewhere');
  const silent = await lock(study, 3, GONE, 'elsewhere');
  const before = new Date(Date.now() - 200_000);
  await utimes(silent, before, before);
  expect(await statesOf(study)).toEqual(['running', 'waiting', 'running', 'waiting']);
  expect((await studyStatus(study)).map(({ holder }) => holder)).toEqual([
    { pid: process.ppid, host: undefined, atWork: true },
    undefined,
    { pid: GONE, host: 'elsewhere', atWork: true },
    undefined,
  ]);
  expect((await studyStatus(study)).map(({ why }) => why)).toEqual([
    undefined,
    `process ${GONE}, which began it, ended without a word: it was killed, perhaps for its memory`,
    undefined,
    `process ${GONE} on elsewhere, which began it, ended without a word: it was killed, perhaps for its memory`,
  ]);
});

test('what failed says why, until its settings are others', async () => {
  const study = await smallStudy(3);
  const [failed, changed, unreadable] = study.tasks;
  await writeFailure(study.folder, failed, 'bear.png does not exist');
  await writeFailure(study.folder, { ...changed, digest: 'before' }, 'bear.png does not exist');
  await writeFile(study.folder.at(STUDY_FILES.failure(unreadable.id)), '{');
  const states = await studyStatus(study);
  expect(states.map(({ state, why }) => [state, why])).toEqual([
    ['failed', 'bear.png does not exist'],
    ['waiting', undefined],
    ['failed', expect.stringMatching(/^it failed, and .*bear-ffn-s2\.json, which says why, cannot be read$/)],
  ]);
  expect(countStates(states)).toEqual({ total: 3, done: 0, running: 0, failed: 2, waiting: 1 });
});

test('a folder that is not there holds nothing, and neither does a file in its place', async () => {
  const study = await smallStudy(2);
  expect(await statesOf(study)).toEqual(['waiting', 'waiting']);
  await mkdir(join(study.path, 'runs'));
  await writeFile(runPath(study, study.tasks[0]), '');
  expect(await statesOf(study)).toEqual(['waiting', 'waiting']);
});

// A link to itself is what no one can read, the superuser neither.
test.runIf(process.platform !== 'win32')('a folder that cannot be read is refused: its tasks may be done', async () => {
  const study = await smallStudy(2);
  await mkdir(join(study.path, 'runs'));
  const run = runPath(study, study.tasks[1]);
  await symlink(run, run);
  const why = `${run} cannot be read: its symbolic links lead in a circle`;
  await expect(studyStatus(study)).rejects.toMatchObject({
    code: 'io',
    subject: run,
    message: expect.stringContaining(why),
  });
  await expect(taskStatus(study, study.tasks[1])).rejects.toThrow(why);
});
