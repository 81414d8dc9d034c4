import { PassThrough, type Readable, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { askFolder, askKind, askName } from './ask.js';

/** Somebody who types these keys, one after another. */
function typing(...keys: string[]) {
  let shown = '';
  const output = new Writable({
    write(chunk, _encoding, done) {
      shown += chunk;
      done();
    },
  });
  const input = new PassThrough();
  keys.forEach((key, i) => {
    setTimeout(() => input.write(key), 20 * (i + 1));
  });
  return { terminal: { input: input as Readable, output }, shown: () => shown };
}
const [ENTER, DOWN, BACKSPACE] = ['\r', '\x1b[B', '\x7f'];

test('kinds are chosen with the arrows, and each says what it is', async () => {
  const { terminal, shown } = typing(DOWN, DOWN, ENTER);
  expect(await askKind(terminal)).toBe('analysis');
  expect(shown()).toContain('findings, tables and figures');
});

test('a folder that cannot be used is asked for again, with the reason', async () => {
  const { terminal, shown } = typing('.', ENTER, BACKSPACE, 'fresh', ENTER);
  expect(await askFolder(terminal)).toBe('fresh');
  expect(shown()).toContain('is not empty');
});

test('a package is asked for a name where that of its folder is none', async () => {
  const { terminal, shown } = typing('Waves', ENTER, ...Array(5).fill(BACKSPACE), 'waves', ENTER);
  expect(await askName('/somewhere/3d', terminal)).toBe('waves');
  expect(shown()).toContain('begin with a letter');
  expect(shown()).toMatch(/capital\s+letters/);
});
