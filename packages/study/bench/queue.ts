import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { doneMark } from '../src/files.js';
import { manifestText } from '../src/manifest/write-manifest.js';
import { openStudy, runPath, type Study } from '../src/open-study.js';
import { parseQueueAddress } from '../src/queue/address.js';
import { queueStudy } from '../src/queue/queue-study.js';
import { StudyQueue } from '../src/queue/study-queue.js';
import { workQueue } from '../src/queue/work-queue.js';
import type { Task } from '../src/tasks/tasks.js';
import { type Postgres, startPostgres, whyNoPostgres } from '../test/postgres.js';

/*
 * What the queue of a study of many tasks costs, on a Postgres of npm's beside the worker. XINC_BENCH_TASKS says how many tasks.
 */
const TASKS = Number(process.env.XINC_BENCH_TASKS ?? 10_000);
/** Jobs that are taken one by one. */
const TAKEN = Math.min(TASKS, 2000);
/** Tasks that an idle worker is given. */
const SURPRISES = 10;

let before = 0;
const folder = await mkdtemp(join(tmpdir(), 'xinc-study-bench-'));
const why = await whyNoPostgres();
if (why !== undefined) {
  console.log(`No queue is measured: ${why}`);
} else {
  const postgres = await startPostgres();
  try {
    const study = await studyOf('many', TASKS);
    await queueing(postgres, study);
    await taking(postgres, study);
    await working(postgres, study);
    await idling(postgres, await studyOf('few', SURPRISES));
  } finally {
    await postgres.dispose();
    await rm(folder, { recursive: true });
  }
}

async function queueing(postgres: Postgres, study: Study): Promise<void> {
  await size(postgres);
  say(`queueing ${TASKS} tasks`, `${seconds(await timed(() => queueStudy(study, postgres.url)))} s (at most 15)`);
  say('the same again', `${seconds(await timed(() => queueStudy(study, postgres.url)))} s`);
  say('the database grew by', await size(postgres));
}

/** Jobs out of the queue, one statement after the other, and by several at once. */
async function taking({ url }: Postgres, study: Study): Promise<void> {
  const queue = await StudyQueue.open(study, parseQueueAddress(url));
  const takeOne = async () => {
    const [job] = await queue.take(1);
    await queue.complete(job);
  };
  const alone = await timed(async () => {
    for (let i = 0; i < TAKEN / 4; i++) await takeOne();
  });
  await queue.close();
  say(`a job taken and completed, ${TASKS} waiting`, `${((4000 * alone) / TAKEN).toFixed(2)} ms`);
  const queues = await Promise.all(Array.from({ length: 8 }, () => StudyQueue.open(study, parseQueueAddress(url))));
  const together = await timed(() =>
    Promise.all(
      queues.map(async (one) => {
        for (let i = 0; i < TAKEN / 16; i++) {
          const [job] = await one.take(1);
          await one.complete(job);
        }
      }),
    ),
  );
  for (const one of queues) await one.close();
  say('jobs by 8 connections at once', `${Math.round(TAKEN / 2 / together)} a second`);
}

/** Tasks that are done by the time they come up: all of a worker's ways but the process of the task. */
async function working(postgres: Postgres, study: Study): Promise<void> {
  await markDone(study);
  const options = { queue: postgres.url, command: () => ['none'] as const };
  const left = TASKS - TAKEN / 4 - TAKEN / 2;
  const took = await timed(() => workQueue(study, { ...options, jobs: 8 }));
  say('empty tasks, by a worker of 8 jobs', `${Math.round(left / took)} a second`);
  say('the database has grown by', await size(postgres));
}

/** From the moment at which a task is in the queue to that at which a worker begins it. */
async function idling({ url }: Postgres, study: Study): Promise<void> {
  await markDone(study);
  const abort = new AbortController();
  let begun = (_: Task) => {};
  const program = fileURLToPath(new URL('../test/do-nothing.mjs', import.meta.url));
  const worker = workQueue(
    study,
    {
      queue: url,
      jobs: 1,
      wait: true,
      command: (task) => {
        begun(task);
        return [process.execPath, program, study.path, task.id, task.digest, 'done'];
      },
    },
    { abort: abort.signal },
  );
  const queue = await StudyQueue.open(study, parseQueueAddress(url));
  const took: number[] = [];
  for (const task of study.tasks) {
    await new Promise((resolve) => setTimeout(resolve, 1000 + 500 * Math.random()));
    await rm(runPath(study, task), { recursive: true });
    const start = performance.now();
    const first = new Promise<Task>((resolve) => {
      begun = resolve;
    });
    await queue.add([task]);
    await first;
    took.push((performance.now() - start) / 1000);
  }
  abort.abort();
  await worker;
  await queue.close();
  took.sort((a, b) => a - b);
  say(
    'an idle worker begins a task after',
    `${seconds(took[took.length >> 1])} s, ${seconds(took.at(-1)!)} s at most (at most 1)`,
  );
}

/** As if all its tasks were done. */
async function markDone(study: Study): Promise<void> {
  for (const task of study.tasks) {
    await mkdir(runPath(study, task), { recursive: true });
    await writeFile(join(runPath(study, task), doneMark(task.digest)), '');
  }
}

/** A study of so many tasks in the folder of this bench. */
async function studyOf(name: string, tasks: number): Promise<Study> {
  const path = join(folder, name);
  await mkdir(path);
  const seeds = Math.min(tasks, 10);
  const manifest = {
    signals: Array.from({ length: Math.ceil(tasks / seeds) }, (_, i) => ({ name: `clip${i}`, path: `clip${i}.png` })),
    networks: [{ name: 'ffn', model: 'ffn' }],
    seeds: Array.from({ length: seeds }, (_, i) => i),
  };
  await writeFile(join(path, 'study.yaml'), manifestText(manifest));
  return openStudy(path);
}

/** What the database takes more than when it was asked last. */
async function size({ url }: Postgres): Promise<string> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query('SELECT pg_database_size(current_database())::float AS bytes');
  await client.end();
  const grown = rows[0].bytes - before;
  before ||= rows[0].bytes;
  return `${(grown / 2 ** 20).toFixed(1)} MB, ${Math.round(grown / TASKS)} bytes a task`;
}

/** Seconds that something takes. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function seconds(value: number): string {
  return value.toFixed(2);
}

function say(what: string, value: string): void {
  console.log(`${what.padEnd(46)} ${value}`);
}
