import { setTimeout as pause } from 'node:timers/promises';
import { XincError } from '@xinc/core';
import type { Work } from '@xinc/runs';
import type { Pool } from 'pg';
import type { QueueAddress } from './address.js';

/** Connections of a process: one for what is waited for, one for signs of life. */
const CONNECTIONS = 2;
/** Milliseconds within which a connection is made. */
const CONNECTING = 10_000;
/** Milliseconds after which an answer is not waited for any longer: the machine is gone, or the way to it. */
const ANSWERING = 120_000;
/** Milliseconds between tries while the database is away. */
const PATIENCE = 1000;

/** Why there is no connection, by the code of the system or of Postgres, as people say it. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOENT: 'nothing listens there',
  ECONNRESET: 'the connection was lost',
  EPIPE: 'the connection was lost',
  ENOTFOUND: 'there is no machine of that name',
  EAI_AGAIN: 'the name of its machine cannot be looked up',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to its machine',
  ENETUNREACH: 'there is no way to its machine',
  '28P01': 'it refuses the user or the password',
  '28000': 'it refuses the user',
  '3D000': 'it has no database of that name',
  '53300': 'it has as many connections as it allows',
  '57P01': 'it is shutting down',
  '57P02': 'it has broken down',
  '57P03': 'it is starting up or shutting down',
};

/** Codes of Postgres for a database that is away for a while, beside those of connections (08…). */
const AWAY = ['53300', '57P01', '57P02', '57P03'];
/** For a statement that another was in the way of: several workers that set up one queue at once. */
const COLLISIONS = ['40001', '40P01'];
/** What the driver says, without a code, of a connection that is gone or that is not made. */
const GONE = /connection terminated|timeout exceeded when trying to connect|query read timeout|connection ended/i;

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
    for (;;) {
      try {
        const result = await this.#once(text, values);
        if (this.#away) progress?.line(`${this.#shown} is back`);
        this.#away = false;
        return result;
      } catch (error) {
        if (COLLISIONS.includes(codeOf(error))) continue;
        if (!isAway(error) || abort?.aborted) {
          throw new XincError('io', `${this.#shown}: ${reasonOf(error)}`, { subject: this.#shown });
        }
        if (!this.#away) progress?.line(`${this.#shown} cannot be reached (${reasonOf(error)}): waiting for it`);
        this.#away = true;
        await pause(PATIENCE, undefined, { ...(abort && { signal: abort }) }).catch(() => {});
      }
    }
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

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? '');

/** Whether there is no database, for now. */
function isAway(error: unknown): boolean {
  const code = codeOf(error);
  if (code.startsWith('08') || AWAY.includes(code)) return true;
  // The system's codes, which have no digits, are all of connections.
  return code === '' ? GONE.test((error as Error).message) : /^E[A-Z_]+$/.test(code);
}

function reasonOf(error: unknown): string {
  const { message } = error as Error;
  if (/client password must be a string/.test(message)) return 'it asks for a password, which PGPASSWORD gives';
  return REASONS[codeOf(error)] ?? (message === '' ? codeOf(error) : message);
}
