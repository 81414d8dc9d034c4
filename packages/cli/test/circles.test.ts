import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { libraries } from './packages.js';

/* Files of a package import each other in one direction, types included: each can be read before those that import it. */

const IMPORT = /^\s*(?:import|export)\s[^'";]*?from '(\.[^']+)'|^\s*import '(\.[^']+)'/gm;

/** The source files of a folder, each with those it imports. */
function importsIn(folder: string): Map<string, string[]> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|svelte)$/.test(file) && !file.endsWith('.test.ts'))
    .map((file) => join(folder, file));
  return new Map(
    files.map((file) => [
      file,
      [...readFileSync(file, 'utf8').matchAll(IMPORT)]
        .map(([, from, alone]) => resolve(dirname(file), (from ?? alone).replace(/\.js$/, '.ts')))
        .filter(existsSync),
    ]),
  );
}

/** The first circle that is met: files of which each imports the next, and the last the first; none where there is no circle. */
function circleIn(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): string[] => {
    if (way.includes(file)) return way.slice(way.indexOf(file));
    if (done.has(file)) return [];
    for (const next of imports.get(file) ?? []) {
      const circle = visit(next, [...way, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  for (const file of imports.keys()) {
    const circle = visit(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

test('a circle is found', () => {
  const imports = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', []],
    ['d', ['b']],
  ]);
  expect(circleIn(imports)).toEqual(['b', 'd']);
});

test.each([
  ...libraries().map(({ name, folder }) => [name, folder]),
  ['@xinc/cli', resolve(import.meta.dirname, '..')],
])('the files of %s import each other in no circle', (_, folder) => {
  const imports = importsIn(join(folder, 'src'));
  expect([...imports.values()].flat().length).toBeGreaterThan(0);
  expect(circleIn(imports)).toEqual([]);
});
