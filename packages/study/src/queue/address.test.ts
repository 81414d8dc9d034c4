import { expect, test } from 'vitest';
import { parseQueueAddress } from './address.js';

test.each([
  ['postgres://xinc:secret@db.lab:5433/studies', 'postgres://xinc@db.lab:5433/studies'],
  ['postgresql://db/studies?password=secret&sslmode=require', 'postgres://db/studies'],
  ['postgres:///studies?host=/run/postgresql', 'postgres:///studies'],
])('an address is shown without its password: %s', (url, shown) => {
  expect(parseQueueAddress(url)).toEqual({ url, shown });
});

test.each(['xinc:secret@db', 'mysql://xinc:secret@db/studies', 'postgres://xinc:secret@db:port/'])(
  'what is no address is refused, and not repeated: %s',
  (text) => {
    expect(() => parseQueueAddress(text)).toThrow(
      /^`queue`: that is no address of a Postgres database\. Write postgres:\/\/USER@HOST:PORT\/DATABASE, and the password into the environment as PGPASSWORD\.$/,
    );
  },
);
