import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { readCount } from './test-counts.mjs';
import { root } from './toolchain.mjs';

const vitest = join(dirname(createRequire(join(root, 'package.json')).resolve('vitest/package.json')), 'vitest.mjs');

/**
 * Runs tests of a package for the run named `run`, and gives their counts. What is printed on the way is shown only if
 * something fails.
 * @param files - Which test files; all of the package's unless given.
 * @param exclude - Patterns of files that are not among them.
 * @param node - The Node to run them on, which is also the first on PATH.
 * @param env - What is added to the environment.
 */
export function runTests(name, run, { files = [], exclude = [], node = process.execPath, env = {} }) {
  const excluded = exclude.flatMap((pattern) => ['--exclude', pattern]);
  const { status, error, stdout, stderr } = spawnSync(node, [vitest, 'run', ...files, ...excluded], {
    cwd: join(root, 'packages', name),
    env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}`, ...env, XINC_TEST_RUN: run },
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 2 ** 28,
    encoding: 'utf8',
  });
  if (status === 0) return readCount(name, run);
  console.log(`${stdout ?? ''}${stderr ?? ''}`);
  const count = readCount(name, run);
  if (count.failures.length === 0) {
    const message = error?.message ?? 'Something failed outside the tests: it is printed above.';
    count.failures.push({ test: 'the package', message });
  }
  return count;
}
