import { XincError } from '@xinc/core';

/** Where the database of a queue is. */
export interface QueueAddress {
  /** As the database's driver takes it; it may hold a password. What it leaves out is PGHOST's, PGPASSWORD's and such, as with psql. */
  readonly url: string;
  /** As it may be shown: without the password, and whatever else stands behind a question mark. */
  readonly shown: string;
}

/**
 * Reads the address of a queue. No message holds the text that was given: there is often a password in it.
 * @throws XincError `invalid-option`
 */
export function parseQueueAddress(text: string): QueueAddress {
  const url = parsed(text);
  if (url === undefined || !/^postgres(?:ql)?:$/.test(url.protocol)) {
    throw new XincError('invalid-option', '`queue`: that is no address of a Postgres database', {
      setting: 'queue',
      expected: 'postgres://USER@HOST:PORT/DATABASE',
      hint: 'Write postgres://USER@HOST:PORT/DATABASE, and the password into the environment as PGPASSWORD.',
    });
  }
  const user = url.username === '' ? '' : `${url.username}@`;
  return { url: text, shown: `postgres://${user}${url.host}${url.pathname}` };
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
