import { setTimeout as pause } from 'node:timers/promises';
import { XincError } from '@xinc/core';
import type { Work } from '@xinc/runs';
import type { Pool } from 'pg';
import type { QueueAddress } from './address.js';
import { faultOf, reasonOf } from './database-faults.js';

/** Connections of a process: one for what is waited for, one for signs of life. */
const CONNECTIONS = 2;
/** Milliseconds within which a connection is made. */
const CONNECTING = 10_000;
/** Milliseconds after which an answer is not waited for any longer: the machine is gone, or the way to it. */
const ANSWERING = 120_000;
/** Milliseconds between tries while the database is away. */
const PATIENCE = 1000;

/** Times that a statement is executed of which the database says nothing, though it takes connections. */
const UNANSWERED = 3;
/** Times that a statement is executed that others are in the way of, and the milliseconds between two at most. */
const COLLISIONS = 30;
const COLLISION_PATIENCE = 500;

/** One database, as pg-boss asks for it. A statement that meets no database waits until there is one. */
export class Database {
  readonly #pool: Pool;
  readonly #shown: string;
  readonly #work: Pick<Work, 'abort' | 'progress'>;
  /** Whether it is being waited for. */
  #away = false;

  private constructor(pool: Pool, shown: string, work: Pick<Work, 'abort' | 'progress'>) {
    this.#pool = pool;
    this.#shown = shown;
    this.#work = work;
  }

  /**
   * @param work what ends the waiting, and is told of it
   * @throws XincError `io` where it cannot be reached now
   */
  static async open({ url, shown }: QueueAddress, work: Pick<Work, 'abort' | 'progress'>): Promise<Database> {
    const { default: pg } = await import('pg');
    const pool = new pg.Pool({
      connectionString: url,
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECTING,
      query_timeout: ANSWERING,
      keepAlive: true,
      application_name: 'xinc study',
    });
    // Of a connection that rests: the next statement makes another.
    pool.on('error', () => {});
    const database = new Database(pool, shown, work);
    try {
      await database.#once('SELECT 1');
    } catch (error) {
      await database.close();
      throw new XincError('io', `${shown} cannot be reached: ${reasonOf(error)}`, { subject: shown });
    }
    return database;
  }

  /**
   * Executes a statement, or several without values. Where the connection is lost meanwhile it is executed again, so it is one that may be.
   * Once the work was told to end, nothing is waited for.
   * @throws XincError `io` where the database refuses the statement, or is away when the work has ended
   */
  async executeSql(text: string, values?: readonly unknown[]): Promise<{ rows: unknown[] }> {
    const { abort, progress } = this.#work;
    let [collisions, unanswered] = [0, 0];
    for (;;) {
      try {
        const result = await this.#once(text, values);
        if (this.#away) progress?.line(`${this.#shown} is back`);
        this.#away = false;
        return result;
      } catch (error) {
        const fault = faultOf(error);
        if (fault === 'collision' && ++collisions < COLLISIONS) {
          // By chance, so that those that collide do not do so again; at once when the work has ended.
          await this.#pause(Math.random() * Math.min(COLLISION_PATIENCE, 2 ** collisions));
          continue;
        }
        const waits = fault === 'away' || (fault === 'unanswered' && ++unanswered < UNANSWERED);
        if (!waits || abort?.aborted) {
          const often = unanswered > 1 ? `, ${unanswered} times` : '';
          throw new XincError('io', `${this.#shown}: ${reasonOf(error)}${often}`, { subject: this.#shown });
        }
        if (!this.#away) progress?.line(`${this.#shown} cannot be reached (${reasonOf(error)}): waiting for it`);
        this.#away = true;
        await this.#pause(PATIENCE);
      }
    }
  }

  /** For some milliseconds, or until the work ends. */
  async #pause(milliseconds: number): Promise<void> {
    const { abort } = this.#work;
    await pause(milliseconds, undefined, { ...(abort && { signal: abort }) }).catch(() => {});
  }

  async close(): Promise<void> {
    await this.#pool.end().catch(() => {});
  }

  async #once(text: string, values?: readonly unknown[]): Promise<{ rows: unknown[] }> {
    const client = await this.#pool.connect();
    let failed = true;
    try {
      const result = await client.query(text, values as unknown[] | undefined);
      failed = false;
      return result;
    } finally {
      // After an error it may be in the middle of a transaction.
      client.release(failed);
    }
  }
}
