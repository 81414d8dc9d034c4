import { createHash } from 'node:crypto';
import type { Work } from '@xinc/runs';
import type PgBoss from 'pg-boss';
import { z } from 'zod';
import type { Study } from '../open-study.js';
import type { Task } from '../tasks/tasks.js';
import type { QueueAddress } from './address.js';
import { Database } from './database.js';
import { queueId } from './queue-id.js';

/** How long a queue waits for what, in seconds. */
export interface QueueTiming {
  /** Between two signs of life of a task that is done. */
  readonly signOfLife: number;
  /** Without one, after which another may do the task. */
  readonly silence: number;
  /** Between two looks for tasks whose signs of life have stopped; one worker of all that there are looks. */
  readonly upkeep: number;
  /** Before what failed is tried again, at least; twice as long before each further try, and up to as long again by chance. */
  readonly backOff: number;
  /** Between two looks into the queue while there is nothing to do. */
  readonly polling: number;
  /** Between two looks whether everything is done, at least. */
  readonly checking: number;
}

export const TIMING: QueueTiming = { signOfLife: 15, silence: 60, upkeep: 30, backOff: 10, polling: 0.5, checking: 2 };

/** How often a task is tried. */
export const ATTEMPTS = 3;

/** The tables of all queues of XINC, apart from those of other programs that use pg-boss. */
const SCHEMA = 'xinc';
/** Jobs that one statement inserts. */
const BATCH = 2000;
/** Minutes that a job waits in the queue before it is put away: a year. */
const RETENTION = 366 * 24 * 60;

const jobSchema = z.object({ task: z.string(), digest: z.string() });
const whySchema = z.object({ why: z.string() });

/** A task as the queue gives it out: to one process at a time. */
export interface Job {
  /** In the queue. */
  readonly id: string;
  readonly task: string;
  readonly digest: string;
  /** Which try this is, from 1. */
  readonly attempt: number;
}

/** A task that was tried in vain as often as tasks are. */
export interface DeadLetter extends Omit<Job, 'attempt'> {
  readonly why: string;
}

/**
 * The queue of a study: a job for each task that is to be done. It says who does a task next, and never what is done: that is in the
 * study's folder. So it may be lost, or hold too much: a job whose task is done is completed without work.
 *
 * pg-boss 10.4, since it runs on every Node that XINC runs on; 12 asks for Node 22.12. What 12 has beyond it and we need, signs of life,
 * are the statements at the end of this file: the time at which a job began, from which its expiry counts, is set anew.
 */
export class StudyQueue {
  readonly #boss: PgBoss;
  readonly #database: Database;
  readonly #timing: QueueTiming;
  /** The queue's name, and that of its dead letters. */
  readonly #name: string;
  readonly #dead: string;

  private constructor(boss: PgBoss, database: Database, id: string, timing: QueueTiming) {
    this.#boss = boss;
    this.#database = database;
    this.#timing = timing;
    this.#name = `xinc-${id}`;
    this.#dead = `xinc-${id}-dead`;
  }

  /**
   * Opens the queue of a study, and makes it where there is none.
   * @throws XincError `io` where the database cannot be reached, or does not let its user make tables; `invalid-file`
   */
  static async open(
    study: Study,
    address: QueueAddress,
    work: Pick<Work, 'abort' | 'progress'> = {},
    timing: QueueTiming = TIMING,
  ): Promise<StudyQueue> {
    const database = await Database.open(address, work);
    let boss: PgBoss | undefined;
    try {
      const id = await queueId(study, work);
      const { default: Boss } = await import('pg-boss');
      boss = new Boss({
        db: database as PgBoss.Db,
        schema: SCHEMA,
        schedule: false,
        maintenanceIntervalSeconds: timing.upkeep,
      });
      boss.on('error', (error) => {
        if (!work.abort?.aborted) work.progress?.line(`the upkeep of the queue failed: ${error.message}`);
      });
      await boss.start();
      const queue = new StudyQueue(boss, database, id, timing);
      await queue.#make();
      return queue;
    } catch (error) {
      // Its upkeep, once begun, would keep the process alive.
      await boss?.stop({ graceful: false }).catch(() => {});
      await database.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#boss.stop({ graceful: false }).catch(() => {});
    await this.#database.close();
  }

  async #make(): Promise<void> {
    if ((await this.#boss.getQueue(this.#name)) === null) {
      await this.#boss.createQueue(this.#dead, { name: this.#dead, retentionMinutes: RETENTION });
      await this.#boss.createQueue(this.#name, {
        name: this.#name,
        retryLimit: ATTEMPTS - 1,
        retryDelay: this.#timing.backOff,
        retryBackoff: true,
        expireInSeconds: this.#timing.silence,
        retentionMinutes: RETENTION,
        deadLetter: this.#dead,
      });
    }
    // Whoever made the queue may have been killed before this.
    const table = await this.#table();
    const { rows } = await this.#database.executeSql('SELECT to_regclass($1) AS index', [indexOf(table)]);
    if ((rows as { index: string | null }[])[0].index === null) await this.#database.executeSql(inOrder(table));
  }

  /** The part of the table of jobs that holds this queue's. */
  async #table(): Promise<string> {
    const { rows } = await this.#database.executeSql(TABLE, [this.#name]);
    return `${SCHEMA}.${(rows as { name: string }[])[0].name}`;
  }

  /** Queues tasks, in their order. What the queue has of them stays as it is, over or not. */
  async add(tasks: readonly Task[]): Promise<void> {
    for (let from = 0; from < tasks.length; from += BATCH) {
      const jobs = tasks.slice(from, from + BATCH).map(({ id, digest }, i) => ({
        id: jobId(id, digest),
        name: this.#name,
        priority: -(from + i),
        data: { task: id, digest },
      }));
      await this.#boss.insert(jobs);
    }
    // By itself the database counts them within a minute, and sorts them all for each that is taken until then.
    await this.#database.executeSql(`ANALYZE ${await this.#table()}`);
  }

  /** Those of tasks that the queue takes for done, and those that it gave up. */
  async over(tasks: readonly Task[]): Promise<{ completed: Task[]; givenUp: Task[] }> {
    const byJob = new Map(tasks.map((task) => [jobId(task.id, task.digest), task]));
    const { rows } = await this.#database.executeSql(OVER, [this.#name, [...byJob.keys()]]);
    const [completed, givenUp]: Task[][] = [[], []];
    for (const { id, state } of rows as { id: string; state: string }[]) {
      (state === 'completed' ? completed : givenUp).push(byJob.get(id)!);
    }
    return { completed, givenUp };
  }

  /** Forgets that tasks are done, or were given up, so that they can be queued again. Those that wait, or are being done, stay. */
  async forget(tasks: readonly Task[]): Promise<void> {
    const ids = tasks.map(({ id, digest }) => jobId(id, digest));
    if (ids.length > 0) await this.#database.executeSql(FORGET, [this.#name, ids]);
  }

  /** Takes up to `most` jobs, which are this process' until it gives no sign of life for them. */
  async take(most: number): Promise<Job[]> {
    const jobs = await this.#fetch(this.#name, most);
    return jobs.map(({ id, data, retryCount }) => ({ id, ...jobSchema.parse(data), attempt: retryCount + 1 }));
  }

  /** Takes jobs, or throws what pg-boss keeps to itself: why it could not. */
  async #fetch(name: string, most: number): Promise<PgBoss.JobWithMetadata<unknown>[]> {
    let fault: { readonly error: unknown } | undefined;
    const executeSql = async (statement: string, values: unknown[]) => {
      try {
        return await this.#database.executeSql(statement, values);
      } catch (error) {
        fault = { error };
        throw error;
      }
    };
    const db = { executeSql } as PgBoss.Db;
    const jobs = await this.#boss.fetch<unknown>(name, { batchSize: most, includeMetadata: true, db });
    if (fault !== undefined) throw fault.error;
    return jobs;
  }

  /** Gives a sign of life for jobs. */
  async keep(jobs: readonly Job[]): Promise<void> {
    if (jobs.length > 0) await this.#database.executeSql(KEEP, [this.#name, jobs.map(({ id }) => id)]);
  }

  /** The task is done, or there is none. */
  async complete({ id }: Job): Promise<void> {
    await this.#boss.complete(this.#name, id);
  }

  /** The task failed: it is tried again after a while, or was the last time. */
  async fail({ id }: Job, why: string): Promise<void> {
    await this.#boss.fail(this.#name, id, { why });
  }

  /** Gives back a job that was not tried: it is for others, after so many seconds. */
  async giveBack({ id }: Job, seconds: number): Promise<void> {
    await this.#database.executeSql(GIVE_BACK, [this.#name, id, seconds]);
  }

  /** Jobs that are waiting, or being done. */
  async unfinished(): Promise<number> {
    return this.#boss.getQueueSize(this.#name, { before: 'completed' });
  }

  /** Tasks that were given up without the study's knowing it yet: nobody has read their dead letters, or somebody is about to. */
  async unread(): Promise<number> {
    return this.#boss.getQueueSize(this.#dead, { before: 'completed' });
  }

  /** Tasks that were given up, each told to one process. */
  async takeDeadLetters(most: number): Promise<DeadLetter[]> {
    await this.#database.executeSql(KEEP_LETTERS, [this.#dead, this.#timing.silence]);
    const letters = await this.#fetch(this.#dead, most);
    return letters.map(({ id, data, output }) => ({ id, ...jobSchema.parse(data), why: this.#why(data, output) }));
  }

  /** A dead letter was read; it stays in the database for some days. */
  async discard({ id, why }: DeadLetter): Promise<void> {
    await this.#boss.complete(this.#dead, id, { why });
  }

  /**
   * @param data of a letter, with what we said of the last failure where it is kept there
   * @param output that too, or what pg-boss puts in its place where a job expires
   */
  #why(data: unknown, output: unknown): string {
    for (const from of [data, output]) {
      const said = whySchema.safeParse(from);
      if (said.success) return said.data.why;
    }
    return `in the last of ${ATTEMPTS} tries, whoever did it gave no sign of life for ${this.#timing.silence} s`;
  }
}

/** The same for the same task, so that a queue holds it once: the database has one row of a key. */
function jobId(task: string, digest: string): string {
  const hex = createHash('sha256').update(`${task} ${digest}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/*
 * What pg-boss 10 has no function for, on its table of jobs: package.json names that very version.
 */

const TABLE = `SELECT partition_name AS name FROM ${SCHEMA}.queue WHERE name = $1`;

/** The index of a queue's table that `inOrder` makes. */
const indexOf = (table: string): string => `${table}_next`;

/**
 * Has the next job found at once, however many are waiting; pg-boss sorts them all each time. One process after the other, since
 * Postgres refuses an index that two make at once.
 */
const inOrder = (table: string) => `
  BEGIN;
  SELECT pg_advisory_xact_lock(hashtext('${table}'));
  CREATE INDEX IF NOT EXISTS ${indexOf(table).split('.')[1]} ON ${table} (priority DESC, created_on, id) WHERE state < 'active';
  COMMIT`;

/** Jobs that are over. */
const OVER = `
  SELECT id, state FROM ${SCHEMA}.job
  WHERE name = $1 AND id = ANY($2::uuid[]) AND state >= 'completed'`;

/** Removes jobs that are over. */
const FORGET = `
  DELETE FROM ${SCHEMA}.job
  WHERE name = $1 AND id = ANY($2::uuid[]) AND state >= 'completed'`;

/** A job expires some time after it began: it begins now. */
const KEEP = `
  UPDATE ${SCHEMA}.job SET started_on = now()
  WHERE name = $1 AND id = ANY($2::uuid[]) AND state = 'active'`;

/**
 * pg-boss inserts dead letters with its table's 15 minutes, whatever their queue says, until others may read one whose reader is gone; and
 * it writes over what was said of the failure when that time is over. So each letter gets our time, and keeps the reason in its data.
 */
const KEEP_LETTERS = `
  UPDATE ${SCHEMA}.job
  SET expire_in = $2 * interval '1 second', data = data || jsonb_build_object('why', output -> 'why')
  WHERE name = $1 AND state < 'completed' AND expire_in <> $2 * interval '1 second'`;

/** Waiting again. One that has not begun is not counted as a try when it is taken. */
const GIVE_BACK = `
  UPDATE ${SCHEMA}.job SET state = 'retry', started_on = NULL, start_after = now() + $3 * interval '1 second'
  WHERE name = $1 AND id = $2::uuid AND state = 'active'`;
