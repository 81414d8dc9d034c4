import { expect, test } from 'vitest';
import { refusal } from '../../test/refusals.js';
import { type WrittenEnd, type WrittenEntry, zipFile } from '../../test/zip-writer.js';
import { MemoryBudget } from '../memory-budget.js';
import { inFile } from '../refusal.js';
import { readDirectory } from './directory.js';
import { readEntry } from './entry.js';

const text = (content: string) => new TextEncoder().encode(content);
const a: WrittenEntry = { name: 'a', content: text('first') };
const b: WrittenEntry = { name: 'b', content: text('second '.repeat(100)), deflate: true };

/** The contents of every entry, as texts. */
function contents(archive: Uint8Array, limit = 1e6): Record<string, string> {
  return inFile('x.zip', () => {
    const budget = new MemoryBudget(limit);
    const entries = [...readDirectory(archive)];
    return Object.fromEntries(
      entries.map(([name, entry]) => [name, new TextDecoder().decode(readEntry(archive, entry, budget))]),
    );
  });
}

const refused = (
  entries: readonly WrittenEntry[],
  end?: WrittenEnd,
  code: 'invalid-file' | 'unsupported' = 'invalid-file',
) => refusal(code, () => contents(zipFile(entries, end))).message;

const honest = { a: 'first', b: 'second '.repeat(100) };

test.each<[string, readonly WrittenEntry[], WrittenEnd?]>([
  ['stored and deflated entries', [a, b]],
  ['a comment', [a, b], { comment: 'made with care' }],
  [
    'zip64 sizes',
    [
      { ...a, zip64: true },
      { ...b, zip64: true },
    ],
  ],
  ['a zip64 directory', [a, b], { zip64: true }],
  [
    'checksums left out',
    [
      { ...a, crc: 0 },
      { ...b, crc: 0 },
    ],
  ],
])('reads %s', (_, entries, end) => {
  expect(contents(zipFile(entries, end))).toEqual(honest);
});

test('reads an empty archive', () => {
  expect(contents(zipFile([]))).toEqual({});
});

test('refuses entries that overlap', () => {
  // The second entry's bytes lie inside the first's.
  const inner = zipFile([{ name: 'inner', content: text('x') }]).subarray(0, 36);
  const outer = { name: 'outer', content: inner };
  const start = 30 + 'outer'.length;
  expect(refused([outer, { name: 'inner', content: text('x'), offset: start }])).toMatch(/'outer' and 'inner' overlap/);
});

test('refuses two entries of one name', () => {
  expect(refused([a, { ...a }])).toBe("x.zip: the archive holds two entries named 'a'");
});

test('refuses entries whose directory and local names differ', () => {
  expect(refused([{ ...a, localName: 'z' }])).toContain('described in two places, differently');
});

test.each<[string, WrittenEntry]>([
  ['more bytes than there are', { ...a, compressedSize: 5e5, size: 5e5 }],
  ['two sizes though stored', { ...a, size: 4 }],
  ['an offset behind the directory', { ...a, offset: 1e6 }],
  ['a size beyond 2⁵³', { ...a, zip64: true, size: 2 ** 60, compressedSize: 2 ** 60 }],
])('refuses an entry that declares %s', (_, entry) => {
  expect(refused([entry])).toMatch(/^x\.zip: the archive/);
});

test('refuses content that does not fit its checksum', () => {
  expect(refused([{ ...a, crc: 1 }])).toContain("'a' is damaged: its checksum does not fit");
});

test.each([
  ['more', 701],
  ['less', 699],
])('refuses a deflated entry that unpacks to %s than it declares', (_, size) => {
  const declared = 700 - (size - 700);
  expect(refused([{ ...b, size: declared }])).toContain(`does not unpack to the ${declared} bytes it declares`);
});

test('refuses a size that deflate cannot reach before taking memory for it', () => {
  expect(refused([{ ...b, size: 2 ** 31 }])).toContain('does not unpack to the 2.0 GB it declares');
});

test('refuses a bomb: more contents than the memory limit', () => {
  const bomb = zipFile([{ name: 'zeros', content: new Uint8Array(2e6), deflate: true }]);
  expect(bomb.length).toBeLessThan(5e3);
  const error = refusal('invalid-file', () => contents(bomb, 1e6));
  expect(error.message).toMatch(/'zeros' of 1\.9 MB takes the file beyond the 976\.6 kB of memory that it is given/);
  expect(error.hint).toContain('without compression');
});

test('refuses damaged deflate streams', () => {
  expect(refused([{ name: 'a', content: text('\x07\xff'), method: 8, size: 10 }])).toContain("'a' is damaged");
});

test('refuses encrypted entries and other methods with advice', () => {
  expect(refused([{ ...a, flags: 1 }], {}, 'unsupported')).toBe(
    "x.zip: the archive's entry 'a' is encrypted. Decrypt the archive and try again.",
  );
  expect(refused([{ ...a, method: 12 }], {}, 'unsupported')).toContain('packed by method 12');
});

test.each<[string, WrittenEnd]>([
  ['more entries than there are', { entries: 3 }],
  ['fewer entries than there are', { entries: 1 }],
  ['entries beyond its size', { entries: 60_000 }],
  ['a size that is too small', { directorySize: 10 }],
  ['a start that is not its start', { directoryStart: 3 }],
  ['other disks', { disk: 1 }],
  ['2⁴⁰ entries', { zip64: true, entries: 2 ** 40 }],
  ['a size beyond 2⁵³', { zip64: true, directorySize: 2 ** 60 }],
])('refuses a directory that declares %s', (_, end) => {
  expect(refused([a, b], end)).toMatch(/^x\.zip: the archive/);
});

test('refuses an archive glued behind something else', () => {
  const archive = zipFile([a, b]);
  const glued = new Uint8Array([...text('prefix'), ...archive]);
  expect(refusal('invalid-file', () => contents(glued)).message).toContain('not where its end says');
});

test('refuses every truncation of an archive', () => {
  const archive = zipFile([a, b], { zip64: true });
  for (let length = 0; length < archive.length; length++) {
    refusal('invalid-file', () => contents(archive.slice(0, length)));
  }
});

test('writes control characters of names as escapes', () => {
  const name = 'a\u001b[31m\u202e';
  expect(
    refused([
      { ...a, name },
      { ...a, name },
    ]),
  ).toContain("named 'a\\u{1b}[31m\\u{202e}'");
});
