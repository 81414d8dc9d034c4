import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/* Files of packages that the pages name are there: `packages/core/src/ops/ops.ts`, or `core/src/ops/ops.ts`. */

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PACKAGES = readdirSync(join(ROOT, 'packages'));

/** Of the examples of docs/architecture.md, which describe what somebody would add. */
const INVENTED = ['kernels/src/reductions/neuron-squares.ts', 'viewer/test/browser/strongest.test.ts'];

/** The pages that people read: of the repository, and of each package. */
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(ROOT, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
  ...PACKAGES.map((name) => `packages/${name}/README.md`),
].filter((page) => existsSync(join(ROOT, page)));

/** Paths in a text, from the folder of the packages on. */
function pathsIn(text: string): string[] {
  const named = text.matchAll(
    /(?<![\w@./-])(?:(?:\.\.\/)*packages\/)?([\w-]+)\/((?:src|test|assembly|bin|bench)[\w./-]*)/g,
  );
  return [...named].flatMap(([, name, inside]) =>
    PACKAGES.includes(name) ? [`${name}/${inside.replace(/[./]+$/, '')}`] : [],
  );
}

test('every file of a package that a page names exists', () => {
  const named = PAGES.flatMap((page) =>
    pathsIn(readFileSync(join(ROOT, page), 'utf8')).map((path) => ({ page, path })),
  );
  expect(named.length).toBeGreaterThan(30);
  const missing = named.filter(({ path }) => !INVENTED.includes(path) && !existsSync(join(ROOT, 'packages', path)));
  expect(missing).toEqual([]);
  for (const path of INVENTED) expect(existsSync(join(ROOT, 'packages', path)), path).toBe(false);
});
