import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { anyFailed, finish, MAIN_RUN, packageNames, readCount, summary } from './test-counts.mjs';
import { pnpm, root, setUp } from './toolchain.mjs';

/* Every test of every package, the ones in a real browser included. */
setUp();
for (const folder of ['.', ...packageNames().map((name) => join('packages', name))])
  rmSync(join(root, folder, 'test-results'), { recursive: true, force: true });

process.on('exit', (status) => {
  const counts = packageNames().map((name) => readCount(name, MAIN_RUN));
  finish(MAIN_RUN, 'Tests', counts);
  if (status !== 0 && !anyFailed(counts)) console.log('Something failed outside the tests: it is printed above.');
  console.log(summary(counts));
  if (status === 0 && anyFailed(counts)) process.exitCode = 1;
});
// One package after the other: several of them use all processors.
pnpm('exec', 'turbo', 'run', 'test', '--continue', '--concurrency=1', '--output-logs=new-only');
