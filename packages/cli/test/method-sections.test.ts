import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const METHOD = readFileSync(join(ROOT, 'docs', 'method.md'), 'utf8');
/** `2` and `6.1` of `## 2. Dense layers` and `### 6.1 Completeness`. */
const SECTIONS = [...METHOD.matchAll(/^#{2,3} (\d+(?:\.\d+)?)\.? \S/gm)].map(([, number]) => number);

test('every heading of the method below its title is numbered, in order', () => {
  expect(METHOD.match(/^#{2,} /gm)).toHaveLength(SECTIONS.length);
  let [section, part] = [0, 0];
  for (const number of SECTIONS) {
    if (number.includes('.')) part++;
    else [section, part] = [section + 1, 0];
    expect(number).toBe(part === 0 ? String(section) : `${section}.${part}`);
  }
});

test('every section of the method that code and docs name is there', () => {
  const named = sources().flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    // `method §2`, and what follows it in `method §2, §3` and `method §2 to §4`; a line may end in between.
    return [...text.matchAll(/\bmethod(?:\.md)?[\s*/]+(§[\d.]+(?:(?:,| to| and) §[\d.]+)*)/g)].flatMap(([, list]) =>
      [...list.matchAll(/§(\d+(?:\.\d+)?)/g)].map(([, number]) => ({ file: file.slice(ROOT.length), number })),
    );
  });
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter(({ number }) => !SECTIONS.includes(number))).toEqual([]);
});

/** Source files, tests and pages, of all packages. */
function sources(): string[] {
  const inside = ['docs', 'examples', 'packages'].map((folder) => join(ROOT, folder));
  const found: string[] = [];
  // The list grows while folders hold others.
  for (const folder of inside) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!/^(node_modules|dist|test-results|\..*)$/.test(entry.name)) inside.push(path);
      } else if (/\.(ts|js|mjs|svelte|md)$/.test(entry.name)) found.push(path);
    }
  }
  return found;
}
