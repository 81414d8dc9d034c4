import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { libraries } from './packages.js';

/*
 * Libraries do not know that a command line calls them: they name settings as their functions do (`size: 512`), and the command
 * line says which options those are.
 */
const main = readFileSync(new URL('../src/main.ts', import.meta.url), 'utf8');
const options = [...new Set([...main.matchAll(/'(?:-h, )?--([a-z][a-z-]+)/g)].map(([, name]) => name))];
const option = new RegExp(`(?<![\\w-])--(?:${options.join('|')})(?![\\w-])`);

test('the options of the command line are known', () => {
  expect(options).toEqual(expect.arrayContaining(['size', 'frames', 'labels-orientation', 'no-token', 'set', 'debug']));
});

/** The lines of a package's sources that match, with their places. */
function linesOf(folder: string, pattern: RegExp): string[] {
  const sources = readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|svelte)$/.test(file) && !file.endsWith('.test.ts'))
    .map((file) => join(folder, 'src', file));
  expect(sources.length).toBeGreaterThan(0);
  return sources.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, i) => (pattern.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [])),
  );
}

test.each(libraries())('$name names no option of the command line', ({ folder }) => {
  expect(linesOf(folder, option)).toEqual([]);
});

test.each(libraries())('$name advises no command of the command line, but its own functions', ({ folder }) => {
  expect(linesOf(folder, /\bhint: .*\bxinc [a-z]/)).toEqual([]);
});
