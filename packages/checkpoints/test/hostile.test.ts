import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOSTILE_FILES } from './hostile-files.js';

/** How many things each file shares or repeats; the files have up to a megabyte. */
const SIZE = 20_000;
/** Processor time that one file may take; on an idle machine they take at most a third. */
const MOST_MILLISECONDS = 2000;
/** Memory of the process that reads all of them, Node.js itself included: each file may take 64 MiB and 16 times its size. */
const MOST_MEGABYTES = 700;

interface Outcome {
  readonly outcome: string;
  readonly milliseconds: number;
  readonly megabytes: number;
}

let folder = '';
const outcomes = new Map<string, Outcome>();
const names = Object.keys(HOSTILE_FILES);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'xinc-hostile-'));
  const paths = names.map((name, i) => {
    const path = join(folder, String(i));
    writeFileSync(path, HOSTILE_FILES[name](SIZE));
    return path;
  });
  const reader = fileURLToPath(new URL('hostile-reader.mjs', import.meta.url));
  // A file that takes all memory or hangs ends the process, and has no line.
  let lines = '';
  try {
    lines = execFileSync(process.execPath, ['--max-old-space-size=400', reader, ...paths], {
      encoding: 'utf8',
      timeout: 150_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    lines = String((error as { stdout: unknown }).stdout);
  }
  for (const [i, line] of lines.split('\n').filter(Boolean).entries()) outcomes.set(names[i], JSON.parse(line));
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('files whose contents share much of little are read or refused soon, in little memory', () => {
  test.each(names)('%s', (name) => {
    const found = outcomes.get(name);
    if (!found) throw new Error('the process that read it ended without an answer');
    expect(found.outcome).toMatch(/^(read$|(invalid-file|unsupported): .)/);
    expect(found.outcome).not.toMatch(/\p{Cc}/u);
    expect(found.milliseconds).toBeLessThan(MOST_MILLISECONDS);
    expect(found.megabytes).toBeLessThan(MOST_MEGABYTES);
  });
});
