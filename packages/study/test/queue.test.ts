import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { takeLock } from '@xinc/runs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { doneMark, STUDY_FILES } from '../src/files.js';
import { manifestText } from '../src/manifest/write-manifest.js';
import { openStudy, runPath, type Study } from '../src/open-study.js';
import { parseQueueAddress } from '../src/queue/address.js';
import { Database } from '../src/queue/database.js';
import { keepDeadLetters } from '../src/queue/dead-letters.js';
import { queueId } from '../src/queue/queue-id.js';
import { queueOpen, queueStudy } from '../src/queue/queue-study.js';
import { type QueueTiming, StudyQueue, TIMING } from '../src/queue/study-queue.js';
import { type QueueWork, workQueue } from '../src/queue/work-queue.js';
import { writeFailure } from '../src/tasks/failure.js';
import { studyStatus } from '../src/tasks/status.js';
import type { Task } from '../src/tasks/tasks.js';
import { freePort, type Postgres, startPostgres, whyNoPostgres } from './postgres.js';
import { smallStudy } from './small-study.js';
import { doing, linesOf, PROGRAM } from './task-processes.js';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** As short as pg-boss takes them. */
const HASTY: QueueTiming = { signOfLife: 0.5, silence: 2, upkeep: 1, backOff: 1, polling: 0.05, checking: 0.1 };
/** For tests that wait for no silence: a busy machine does not bring one about. */
const PATIENT: QueueTiming = { ...TIMING, polling: 0.05, checking: 0.1 };

let postgres: Postgres;

/** What a worker is given: tasks do something by their seed, those after the last what the last does. */
const given = (study: Study, ...how: string[]): Pick<QueueWork, 'queue' | 'command' | 'timing'> => ({
  queue: postgres.url,
  timing: PATIENT,
  command: doing(study, ...how),
});

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

/** Lets what waits to be tried again wait no longer. */
async function hurry(study: Study): Promise<void> {
  const [{ name }] = await jobsOf(study);
  await query("UPDATE xinc.job SET start_after = now() WHERE name = $1 AND state = 'retry'", [name]);
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
    const [study, other] = [await smallStudy(6), await smallStudy(1)];
    await queueStudy(other, postgres.url);
    const options = { ...given(study, 'done'), jobs: 2 };
    const both = await Promise.all([workQueue(study, options), workQueue(study, options)]);
    for (const states of both) expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['done']));
    expect(await linesOf(study, 'begun')).toEqual(idsOf(study));
    // And not again.
    await workQueue(study, options);
    expect((await linesOf(study, 'begun')).length).toBe(6);
    expect((await jobsOf(study)).map(({ state }) => state)).toEqual(study.tasks.map(() => 'completed'));
    expect((await jobsOf(other)).map(({ state }) => state)).toEqual(['created']);
  });

  test('what failed is tried again after a while, and given up with its reason; it is done when it is asked for', async () => {
    const study = await smallStudy(3);
    const { lines, progress } = listener();
    const failing = { ...given(study, 'fails', 'mute', 'done'), jobs: 3 };
    const worker = workQueue(study, failing, { progress });
    for (const [at, least] of [10, 20].entries()) {
      const retried = async () =>
        (await jobsOf(study)).filter(({ retry_count: count, state }) => count === at && state === 'retry');
      await expect.poll(async () => (await retried()).length).toBe(2);
      const [{ name }] = await retried();
      const rows = await query(
        `SELECT start_after - started_on >= $2 * interval '1 second' AS "notBefore",
          start_after - now() <= $2 * interval '2 seconds' AS "notLater"
         FROM xinc.job WHERE name = $1 AND state = 'retry'`,
        [name, least],
      );
      expect(rows).toEqual(Array(2).fill({ notBefore: true, notLater: true }));
      await hurry(study);
    }
    const [told, mute, good] = await worker;
    expect(told).toMatchObject({ state: 'failed', why: 'it does not exist' });
    expect(mute).toMatchObject({
      state: 'failed',
      why: 'its process ended with 7; its last words: there is no memory',
    });
    expect(good.state).toBe('done');
    expect((await studyStatus(study))[1]).toEqual(mute);
    expect((await linesOf(study, 'begun')).filter((id) => id === told.task.id)).toHaveLength(3);
    expect(lines.filter((line) => line.startsWith(told.task.id))).toEqual([
      'bear-ffn-s0: failed: it does not exist (tried again in 10 to 20 s)',
      'bear-ffn-s0: failed: it does not exist (tried again in 20 to 40 s)',
      'bear-ffn-s0: failed: it does not exist',
    ]);
    const letters = (await jobsOf(study, '-dead')).map(({ data, output }) => [(data as { task: string }).task, output]);
    expect(letters).toContainEqual([told.task.id, { why: 'it does not exist' }]);

    // What failed is left, unless it is asked for.
    const mended = { ...given(study, 'done'), jobs: 2 };
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
      const second = workQueue(study, { ...given(study, 'done'), jobs: 1, timing: HASTY });
      const hurried = async () => {
        await hurry(study);
        return statesOf(study);
      };
      await expect.poll(hurried, { timeout: 60_000 }).toEqual(['done', 'done']);
      const states = await second;
      expect(states.map(({ state }) => state)).toEqual(['done', 'done']);
      const begun = await linesOf(study, 'begun');
      expect(begun.filter((id) => id === 'bear-ffn-s0').length).toBeGreaterThan(1);
      // The process that did it has noticed.
      await expect.poll(() => linesOf(study, 'stopped')).toEqual(['bear-ffn-s0']);
    },
  );

  test('a task whose last worker vanishes is given up, and the study says so and nothing of the tries before', async () => {
    const study = await smallStudy(1);
    const controller = new AbortController();
    const worker = workQueue(
      study,
      { ...given(study, 'lingers'), jobs: 1, timing: { ...HASTY, signOfLife: 3600 } },
      { abort: controller.signal },
    );
    await expect.poll(() => linesOf(study, 'begun')).toHaveLength(1);
    // As after two tries that ended in whatever way.
    const [{ name }] = await jobsOf(study);
    const long = "retry_count = 2, started_on = now() - interval '1 hour'";
    await query(`UPDATE xinc.job SET state = 'active', ${long} WHERE name = $1`, [name]);
    await expect.poll(async () => (await jobsOf(study, '-dead')).length).toBe(1);
    controller.abort();
    await worker;
    const states = await workQueue(study, { ...given(study, 'done'), jobs: 1, timing: HASTY });
    expect(states[0]).toMatchObject({
      state: 'failed',
      why: 'in the last of 3 tries, whoever did it gave no sign of life for 2 s',
    });
    expect(await linesOf(study, 'begun')).toHaveLength(1);
  });

  test('a worker that is stopped gives its tasks back at once', async () => {
    const study = await smallStudy(2);
    const controller = new AbortController();
    const worker = workQueue(study, { ...given(study, 'waits'), jobs: 1 }, { abort: controller.signal });
    await expect.poll(() => linesOf(study, 'begun')).toHaveLength(1);
    controller.abort();
    expect((await worker).map(({ state }) => state)).toEqual(['waiting', 'waiting']);
    expect(await linesOf(study, 'stopped')).toEqual(['bear-ffn-s0']);
    expect((await jobsOf(study)).map(({ state, retry_count }) => [state, retry_count])).toEqual([
      ['retry', 0],
      ['created', 0],
    ]);
    await workQueue(study, { ...given(study, 'done'), jobs: 2 });
    expect(await statesOf(study)).toEqual(['done', 'done']);
  });

  test('workers wait for a database that restarts, and say so', async () => {
    const study = await smallStudy(2);
    const { lines, progress } = listener();
    const worker = workQueue(study, { ...given(study, 'lingers'), jobs: 1 }, { progress });
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
    const options = { ...given(study, 'done'), jobs: 1 };
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
    await workQueue(study, { ...given(study, 'done'), jobs: 1 });
    expect(await statesOf(study)).toEqual(['done', 'done']);
    expect(await linesOf(study, 'begun')).toEqual(idsOf(study));
    expect((await jobsOf(study)).map(({ state }) => state)).toEqual(Array(4).fill('completed'));
  });

  test('a worker that waits takes what is queued later', async () => {
    const study = await smallStudy(2);
    const controller = new AbortController();
    const options = { ...given(study, 'done'), jobs: 1 };
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

  test('what the queue gave up without the folder saying so is done by a worker that has queued everything before', async () => {
    const study = await smallStudy(2);
    const { lines, progress } = listener();
    const worker = workQueue(study, { ...given(study, 'lingers'), jobs: 1 }, { progress });
    await expect.poll(() => linesOf(study, 'begun')).toHaveLength(1);
    // Its dead letter was read while somebody still did the task, who was killed then.
    const fail = "UPDATE xinc.job SET state = 'failed' WHERE name = $1 AND state = 'created'";
    await query(fail, [(await jobsOf(study))[0].name]);
    await writeFile(join(study.path, 'go'), '');
    expect((await worker).map(({ state }) => state)).toEqual(['done', 'done']);
    expect(await linesOf(study, 'begun')).toEqual(idsOf(study));
    expect(lines.filter((line) => line.includes('queue.json'))).toEqual([]);
  });

  test('nothing is queued again while another process is about to say in the folder that it was given up', async () => {
    const study = await smallStudy(1);
    await queueStudy(study, postgres.url);
    const [{ id, name }] = await jobsOf(study);
    await query("UPDATE xinc.job SET state = 'failed' WHERE name = $1", [name]);
    // A letter that was taken, by whoever has not written yet.
    await query(
      `INSERT INTO xinc.job (name, id, state, data, started_on)
       SELECT name || '-dead', gen_random_uuid(), 'active', data, now() FROM xinc.job WHERE id = $1 AND name = $2`,
      [id, name],
    );
    const looked = vi.spyOn(StudyQueue.prototype, 'unread');
    onTestFinished(() => looked.mockRestore());
    const worker = workQueue(study, { ...given(study, 'done'), jobs: 1 });
    await expect.poll(() => looked.mock.calls.length).toBeGreaterThan(1);
    await writeFailure(study.folder, study.tasks[0], 'there is no memory');
    await query("UPDATE xinc.job SET state = 'completed' WHERE name = $1", [`${name}-dead`]);
    expect(await worker).toMatchObject([{ state: 'failed', why: 'there is no memory' }]);
    expect(await linesOf(study, 'begun')).toEqual([]);
  });

  test('a run that the queue takes for done and the folder lacks is told with what to do about a copied folder', async () => {
    const study = await smallStudy(2);
    await workQueue(study, { ...given(study, 'done'), jobs: 2 });
    await rm(join(study.path, STUDY_FILES.runs), { recursive: true });
    const { lines, progress } = listener();
    expect(await queueStudy(study, postgres.url, { progress })).toBe(2);
    expect(lines).toEqual([
      `2 runs that the queue takes for done are not in ${study.path}: they are queued again. If the folder is a copy of another study's, stop its workers and remove its queue.json: both have one queue`,
    ]);
  });

  test('what ends while the study is looked at is left as it is: it is neither told nor tried again', async () => {
    const study = await smallStudy(4);
    await queueStudy(study, postgres.url);
    const states = await studyStatus(study);
    const queue = await StudyQueue.open(study, parseQueueAddress(postgres.url), {}, PATIENT);
    try {
      const taken = (await queue.take(3)).sort((one, other) => one.task.localeCompare(other.task));
      const [done, unread, failed] = taken;
      const [{ name }] = await jobsOf(study);
      await query("UPDATE xinc.job SET retry_count = retry_limit WHERE name = $1 AND state = 'active'", [name]);
      await writeDone(study, study.tasks[0]);
      await queue.complete(done);
      await queue.fail(failed, 'there is no memory');
      const told = async ({ task }: { task: string }) => study.tasks.find(({ id }) => id === task);
      await keepDeadLetters(study, queue, told);
      await queue.fail(unread, 'there is no memory');
      const { lines, progress } = listener();
      expect(await queueOpen(study, queue, states, { progress })).toBe(1);
      expect(lines).toEqual([]);
      const now = async () => (await jobsOf(study)).map(({ state }) => state);
      expect(await now()).toEqual(['completed', 'failed', 'failed', 'created']);
      expect(await statesOf(study)).toEqual(['done', 'waiting', 'failed', 'waiting']);
      await keepDeadLetters(study, queue, told);
      expect(await queueOpen(study, queue, states, { progress })).toBe(1);
      expect(await now()).toEqual(['completed', 'failed', 'failed', 'created']);
      expect(await statesOf(study)).toEqual(['done', 'failed', 'failed', 'waiting']);
    } finally {
      await queue.close();
    }
  });

  test('a dead letter whose reader vanishes is read by another after a minute, with its reason', async () => {
    const study = await smallStudy(1);
    await queueStudy(study, postgres.url);
    const timing = { ...PATIENT, upkeep: 1 };
    const queue = await StudyQueue.open(study, parseQueueAddress(postgres.url), {}, timing);
    try {
      const [{ name }] = await jobsOf(study);
      const [job] = await queue.take(1);
      await query('UPDATE xinc.job SET retry_count = retry_limit WHERE name = $1', [name]);
      await queue.fail(job, 'there is no memory');
      const letter = { task: job.task, why: 'there is no memory' };
      expect(await queue.takeDeadLetters(1)).toMatchObject([letter]);
      expect(await queue.takeDeadLetters(1)).toEqual([]);
      const past = "UPDATE xinc.job SET started_on = now() - interval '61 seconds' WHERE name = $1";
      await query(past, [`${name}-dead`]);
      await expect.poll(() => queue.takeDeadLetters(1)).toMatchObject([letter]);
      expect(await queue.unread()).toBe(1);
    } finally {
      await queue.close();
    }
  });

  test('a worker whose database lets it read the queue and take nothing says so, and ends', async () => {
    const study = await smallStudy(1);
    await queueStudy(study, postgres.url);
    await query(`CREATE ROLE onlooker LOGIN PASSWORD 'battery-staple'; GRANT USAGE ON SCHEMA xinc TO onlooker;
      GRANT SELECT ON ALL TABLES IN SCHEMA xinc TO onlooker`);
    const url = postgres.url.replace('xinc:correct-horse', 'onlooker:battery-staple');
    const denied = { code: 'io', message: /^postgres:\/\/onlooker@.*: permission denied for/ };
    await expect(workQueue(study, { ...given(study, 'done'), queue: url, jobs: 1 })).rejects.toMatchObject(denied);
    const queue = await StudyQueue.open(study, parseQueueAddress(url), {}, PATIENT);
    try {
      await expect(queue.take(1)).rejects.toMatchObject(denied);
      await expect(queue.takeDeadLetters(1)).rejects.toMatchObject(denied);
    } finally {
      await queue.close();
    }
    expect(await linesOf(study, 'begun')).toEqual([]);
  });

  test('a queue whose maker was killed before its index was made gets it from the next', async () => {
    const study = await smallStudy(1);
    await queueStudy(study, postgres.url);
    const { id } = JSON.parse(await readFile(study.folder.at(STUDY_FILES.queue), 'utf8'));
    const indexes = () =>
      query(
        "SELECT indexname FROM pg_indexes JOIN xinc.queue ON tablename = partition_name WHERE name = $1 AND indexname LIKE '%_next'",
        [`xinc-${id}`],
      );
    const [{ indexname }] = await indexes();
    await query(`DROP INDEX xinc.${indexname}`);
    expect(await indexes()).toEqual([]);
    await queueStudy(study, postgres.url);
    expect(await indexes()).toEqual([{ indexname }]);
  });

  test('a process whose queue cannot be opened says why, and ends', async () => {
    const [damaged, refused] = [await smallStudy(1), await smallStudy(1)];
    await writeFile(damaged.folder.at(STUDY_FILES.queue), '{}');
    await queueStudy(await smallStudy(1), postgres.url);
    // Who may read what is there, and make nothing.
    await query(`CREATE ROLE reader LOGIN PASSWORD 'battery-staple'; GRANT USAGE ON SCHEMA xinc TO reader;
      GRANT SELECT ON ALL TABLES IN SCHEMA xinc TO reader`);
    const reader = postgres.url.replace('xinc:correct-horse', 'reader:battery-staple');
    const ended = async (study: Study, url: string) => {
      const args = [study.path, url, JSON.stringify(PATIENT), PROGRAM, 'done'];
      const worker = spawn(process.execPath, [here('queue-worker.mjs'), ...args], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      onTestFinished(() => void worker.kill('SIGKILL'));
      const [said, [code]] = await Promise.all([text(worker.stderr), once(worker, 'exit')]);
      return `${code} ${said}`;
    };
    expect(await Promise.all([ended(damaged, postgres.url), ended(refused, reader)])).toEqual([
      expect.stringMatching(/^1 .*queue\.json does not say what the study is called in queues/),
      expect.stringMatching(/^1 postgres:\/\/reader@.*: permission denied for/),
    ]);
  });

  test('a statement that others are in the way of is executed again, and not for ever', async () => {
    const database = await Database.open(parseQueueAddress(postgres.url), {});
    try {
      await database.executeSql('CREATE SEQUENCE tries');
      const colliding = (until: number) => `DO $$ BEGIN
        IF nextval('tries') < ${until} THEN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END IF;
      END $$`;
      await database.executeSql(colliding(4));
      expect((await database.executeSql('SELECT last_value::int FROM tries')).rows).toEqual([{ last_value: 4 }]);
    } finally {
      await database.close();
    }
    const controller = new AbortController();
    const ended = await Database.open(parseQueueAddress(postgres.url), { abort: controller.signal });
    try {
      controller.abort();
      const always = "DO $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$";
      await expect(ended.executeSql(always)).rejects.toMatchObject({ code: 'io', message: /deadlock detected$/ });
    } finally {
      await ended.close();
    }
  });

  test('an address that nobody may enter is told in a line without the password', async () => {
    const study = await smallStudy(1);
    const wrong = postgres.url.replace('correct-horse', 'battery-staple');
    await expect(workQueue(study, { ...given(study, 'done'), queue: wrong, jobs: 1 })).rejects.toMatchObject({
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

test('who waits for a process that gives a study its queue says so, and ends when it is told to', async () => {
  const study = await smallStudy(1);
  await mkdir(study.folder.at(STUDY_FILES.locks));
  const lock = await takeLock(study.folder.at(STUDY_FILES.lock('queue')), 'queue');
  const { lines, progress } = listener();
  const controller = new AbortController();
  const waiting = queueId(study, { progress, abort: controller.signal });
  await expect.poll(() => lines, { timeout: 10_000 }).toHaveLength(1);
  expect(lines[0]).toBe(
    `another process gives the study its queue: waiting for it, as long as it has ${study.folder.at(STUDY_FILES.lock('queue'))}`,
  );
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  await lock.release();
  expect(await queueId(study, {})).toMatch(/^[0-9a-f]{12}$/);
});

/** As a process that does the task leaves it. */
async function writeDone(study: Study, task: Task): Promise<void> {
  await mkdir(runPath(study, task), { recursive: true });
  await writeFile(join(runPath(study, task), doneMark(task.digest)), '');
}
