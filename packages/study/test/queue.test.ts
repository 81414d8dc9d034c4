import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doneMark, STUDY_FILES } from '../src/files.js';
import { manifestText } from '../src/manifest/write-manifest.js';
import { openStudy, runPath, type Study } from '../src/open-study.js';
import { queueStudy } from '../src/queue/queue-study.js';
import { type QueueTiming, TIMING } from '../src/queue/study-queue.js';
import { type QueueWork, workQueue } from '../src/queue/work-queue.js';
import { writeFailure } from '../src/tasks/failure.js';
import { studyStatus } from '../src/tasks/status.js';
import type { Task } from '../src/tasks/tasks.js';
import { freePort, type Postgres, startPostgres, whyNoPostgres } from './postgres.js';
import { smallStudy } from './small-study.js';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const PROGRAM = here('do-nothing.mjs');

/** As short as pg-boss takes them. */
const HASTY: QueueTiming = { signOfLife: 0.5, silence: 2, upkeep: 1, backOff: 1 };

let postgres: Postgres;

/** What a worker is given: tasks do something by their seed, those after the last what the last does. */
function doing(study: Study, ...how: string[]): Pick<QueueWork, 'queue' | 'command'> {
  return {
    queue: postgres.url,
    command: ({ id, digest, seed }: Task) => [
      process.execPath,
      PROGRAM,
      study.path,
      id,
      digest,
      how[Math.min(seed, how.length - 1)],
    ],
  };
}

/** Lines that the processes of tasks wrote, in order. */
async function linesOf(study: Study, name: string): Promise<string[]> {
  return (await readFile(join(study.path, name), 'utf8').catch(() => '')).split('\n').filter(Boolean).sort();
}

const idsOf = (study: Study) => study.tasks.map(({ id }) => id).sort();
const statesOf = async (study: Study) => (await studyStatus(study)).map(({ state }) => state);

/** What a worker says. */
function listener() {
  const lines: string[] = [];
  return { lines, progress: { begin() {}, update() {}, end() {}, line: (text: string) => void lines.push(text) } };
}

/** Rows of the database. */
async function query(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(postgres.url);
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** The jobs of a study, or their dead letters. */
async function jobsOf(study: Study, which = ''): Promise<Record<string, unknown>[]> {
  const { id } = JSON.parse(await readFile(study.folder.at(STUDY_FILES.queue), 'utf8'));
  return query('SELECT * FROM xinc.job WHERE name = $1 ORDER BY priority DESC', [`xinc-${id}${which}`]);
}

const why = await whyNoPostgres();
describe.skipIf(why !== undefined)(`on Postgres${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.dispose());

  test('a task is queued once, however often and by whomever', async () => {
    const study = await smallStudy(5);
    const { url } = postgres;
    expect(await Promise.all([queueStudy(study, url), queueStudy(study, url)])).toEqual([5, 5]);
    expect(await queueStudy(study, url)).toBe(5);
    const jobs = await jobsOf(study);
    expect(jobs.map(({ data, state }) => [data, state])).toEqual(
      study.tasks.map(({ id, digest }) => [{ task: id, digest }, 'created']),
    );
  });

  test('two workers share the tasks, each of which is done once, and leave those of another study', async () => {
    const [study, other] = [await smallStudy(12), await smallStudy(1)];
    await queueStudy(other, postgres.url);
    const options = { ...doing(study, 'done'), jobs: 2 };
    const both = await Promise.all([workQueue(study, options), workQueue(study, options)]);
    for (const states of both) expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['done']));
    expect(await linesOf(study, 'begun')).toEqual(idsOf(study));
    // And not again.
    await workQueue(study, options);
    expect((await linesOf(study, 'begun')).length).toBe(12);
    expect((await jobsOf(study)).map(({ state }) => state)).toEqual(study.tasks.map(() => 'completed'));
    expect((await jobsOf(other)).map(({ state }) => state)).toEqual(['created']);
  });

  test('what failed is tried again after a while, and given up with its reason; it is done when it is asked for', async () => {
    const study = await smallStudy(3);
    const { lines, progress } = listener();
    const failing = { ...doing(study, 'fails', 'mute', 'done'), jobs: 3, timing: { ...TIMING, backOff: 1 } };
    const [told, mute, good] = await workQueue(study, failing, { progress });
    expect(told).toMatchObject({ state: 'failed', why: 'it does not exist' });
    expect(mute).toMatchObject({
      state: 'failed',
      why: 'its process ended with 7; its last words: there is no memory',
    });
    expect(good.state).toBe('done');
    expect((await studyStatus(study))[1]).toEqual(mute);
    expect((await linesOf(study, 'begun')).filter((id) => id === told.task.id)).toHaveLength(3);
    expect(lines.filter((line) => line.startsWith(told.task.id))).toEqual([
      'bear-ffn-s0: failed: it does not exist (tried again in 1 to 2 s)',
      'bear-ffn-s0: failed: it does not exist (tried again in 2 to 4 s)',
      'bear-ffn-s0: failed: it does not exist',
    ]);
    const letters = (await jobsOf(study, '-dead')).map(({ data, output }) => [(data as { task: string }).task, output]);
    expect(letters).toContainEqual([told.task.id, { why: 'it does not exist' }]);

    // What failed is left, unless it is asked for.
    const mended = { ...doing(study, 'done'), jobs: 2 };
    await workQueue(study, mended);
    expect(await statesOf(study)).toEqual(['failed', 'failed', 'done']);
    await workQueue(study, { ...mended, retry: true });
    expect(await statesOf(study)).toEqual(['done', 'done', 'done']);
  });

  test('what failed is queued with the rest, and nobody calls it failed any more', async () => {
    const study = await smallStudy(2);
    await writeFailure(study.folder, study.tasks[0], 'it does not exist');
    expect(await queueStudy(study, postgres.url)).toBe(2);
    expect(await statesOf(study)).toEqual(['waiting', 'waiting']);
    expect((await jobsOf(study)).map(({ state }) => state)).toEqual(['created', 'created']);
  });

  test.runIf(process.platform !== 'win32')(
    'another takes the task of a worker that was killed, once that has been silent',
    async () => {
      const study = await smallStudy(2);
      const args = [study.path, postgres.url, JSON.stringify(HASTY), PROGRAM, 'waits'];
      const worker = spawn(process.execPath, [here('queue-worker.mjs'), ...args], { stdio: 'ignore' });
      await expect.poll(() => linesOf(study, 'begun')).toEqual(['bear-ffn-s0']);
      worker.kill('SIGKILL');
      await once(worker, 'exit');
      const states = await workQueue(study, { ...doing(study, 'done'), jobs: 1, timing: HASTY });
      expect(states.map(({ state }) => state)).toEqual(['done', 'done']);
      const begun = await linesOf(study, 'begun');
      expect(begun.filter((id) => id === 'bear-ffn-s0').length).toBeGreaterThan(1);
      // The process that did it has noticed.
      await expect.poll(() => linesOf(study, 'stopped')).toEqual(['bear-ffn-s0']);
    },
  );

  test('a task whose workers all vanish is given up, and the study says so', async () => {
    const study = await smallStudy(1);
    const controller = new AbortController();
    const worker = workQueue(
      study,
      { ...doing(study, 'lingers'), jobs: 1, timing: { ...HASTY, signOfLife: 3600 } },
      { abort: controller.signal },
    );
    await expect.poll(() => linesOf(study, 'begun')).toHaveLength(1);
    // As after two that vanished.
    const [{ name }] = await jobsOf(study);
    const long = "retry_count = 2, started_on = now() - interval '1 hour'";
    await query(`UPDATE xinc.job SET state = 'active', ${long} WHERE name = $1`, [name]);
    await expect.poll(async () => (await jobsOf(study, '-dead')).length).toBe(1);
    controller.abort();
    await worker;
    const states = await workQueue(study, { ...doing(study, 'done'), jobs: 1, timing: HASTY });
    expect(states[0]).toMatchObject({
      state: 'failed',
      why: 'whoever did it gave no sign of life for 2 s, 3 times in a row',
    });
    expect(await linesOf(study, 'begun')).toHaveLength(1);
  });

  test('a worker that is stopped gives its tasks back at once', async () => {
    const study = await smallStudy(2);
    const controller = new AbortController();
    const worker = workQueue(study, { ...doing(study, 'waits'), jobs: 1 }, { abort: controller.signal });
    await expect.poll(() => linesOf(study, 'begun')).toHaveLength(1);
    controller.abort();
    expect((await worker).map(({ state }) => state)).toEqual(['waiting', 'waiting']);
    expect(await linesOf(study, 'stopped')).toEqual(['bear-ffn-s0']);
    expect((await jobsOf(study)).map(({ state, retry_count }) => [state, retry_count])).toEqual([
      ['retry', 0],
      ['created', 0],
    ]);
    await workQueue(study, { ...doing(study, 'done'), jobs: 2 });
    expect(await statesOf(study)).toEqual(['done', 'done']);
  });

  test('workers wait for a database that restarts, and say so', async () => {
    const study = await smallStudy(2);
    const { lines, progress } = listener();
    const worker = workQueue(study, { ...doing(study, 'lingers'), jobs: 1 }, { progress });
    await expect.poll(() => linesOf(study, 'begun')).toHaveLength(1);
    await postgres.stop();
    await writeFile(join(study.path, 'go'), '');
    await expect
      .poll(() => lines.at(-1))
      .toMatch(/^postgres:\/\/xinc@127\.0\.0\.1:\d+\/postgres cannot be reached \(.+\): waiting for it$/);
    await postgres.start();
    expect((await worker).map(({ state }) => state)).toEqual(['done', 'done']);
    expect(lines).toContainEqual(expect.stringMatching(/^postgres:\/\/xinc@127\.0\.0\.1:\d+\/postgres is back$/));
    expect(await linesOf(study, 'begun')).toEqual(idsOf(study));
  });

  test('a queue that was lost is filled again from the folder, which says what is done', async () => {
    const study = await smallStudy(3);
    const options = { ...doing(study, 'done'), jobs: 1 };
    await workQueue(study, options);
    await rm(runPath(study, study.tasks[1]), { recursive: true });
    await query('DROP SCHEMA xinc CASCADE');
    await workQueue(study, options);
    expect(await linesOf(study, 'begun')).toEqual([...idsOf(study), 'bear-ffn-s1'].sort());
    // What is in the queue, and done by then, is not done again.
    await rm(runPath(study, study.tasks[0]), { recursive: true });
    await queueStudy(study, postgres.url);
    await writeDone(study, study.tasks[0]);
    await workQueue(study, options);
    expect(await linesOf(study, 'begun')).toHaveLength(4);
    expect((await jobsOf(study)).map(({ state }) => state)).not.toContain('created');
  });

  test('what was queued with other settings is not done, and what is asked for now is', async () => {
    const before = await smallStudy(2);
    await queueStudy(before, postgres.url);
    await writeFile(join(before.path, STUDY_FILES.manifest), manifestText({ ...before.manifest, steps: 7 }));
    const study = await openStudy(before.path);
    expect(study.tasks[0].digest).not.toBe(before.tasks[0].digest);
    await workQueue(study, { ...doing(study, 'done'), jobs: 1 });
    expect(await statesOf(study)).toEqual(['done', 'done']);
    expect(await linesOf(study, 'begun')).toEqual(idsOf(study));
    expect((await jobsOf(study)).map(({ state }) => state)).toEqual(Array(4).fill('completed'));
  });

  test('a worker that waits takes what is queued later', async () => {
    const study = await smallStudy(2);
    const controller = new AbortController();
    const options = { ...doing(study, 'done'), jobs: 1 };
    const worker = workQueue(study, { ...options, wait: true }, { abort: controller.signal });
    const finished = async () => (await jobsOf(study)).map(({ state }) => state);
    await expect.poll(finished).toEqual(['completed', 'completed']);
    await rm(runPath(study, study.tasks[1]), { recursive: true });
    expect(await queueStudy(study, postgres.url)).toBe(1);
    await expect.poll(finished).toEqual(['completed', 'completed']);
    controller.abort();
    await worker;
    expect(await linesOf(study, 'begun')).toHaveLength(3);
    expect(await readdir(join(study.path, 'locks'))).toEqual([]);
  });

  test('an address that nobody may enter is told in a line without the password', async () => {
    const study = await smallStudy(1);
    const wrong = postgres.url.replace('correct-horse', 'battery-staple');
    await expect(workQueue(study, { ...doing(study, 'done'), queue: wrong, jobs: 1 })).rejects.toMatchObject({
      code: 'io',
      message: `${postgres.url.replace(':correct-horse', '')} cannot be reached: it refuses the user or the password`,
    });
  });
});

test('a database that is not there is told in a line, and nothing is begun', async () => {
  const study = await smallStudy(1);
  const port = await freePort();
  const queue = `postgres://xinc:secret@127.0.0.1:${port}/studies`;
  await expect(workQueue(study, { queue, jobs: 1, command: () => ['none'] })).rejects.toMatchObject({
    code: 'io',
    message: `postgres://xinc@127.0.0.1:${port}/studies cannot be reached: nothing listens there`,
  });
  expect(await statesOf(study)).toEqual(['waiting']);
});

/** As a process that does the task leaves it. */
async function writeDone(study: Study, task: Task): Promise<void> {
  await mkdir(runPath(study, task), { recursive: true });
  await writeFile(join(runPath(study, task), doneMark(task.digest)), '');
}
