import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readCounts, summary } from './test-counts.mjs';
import { pnpm, root, setUp } from './toolchain.mjs';

/* Every test of every package, the ones in a real browser included. */
setUp();
for (const { name } of readCounts())
  rmSync(join(root, 'packages', name, 'test-results'), { recursive: true, force: true });

process.on('exit', (status) => {
  const counts = readCounts();
  console.log('\nTests');
  for (const { name, passed, failures, skipped } of counts) {
    const extra = [
      failures.length > 0 && `${failures.length} failed`,
      skipped.length > 0 && `${skipped.length} skipped`,
    ];
    console.log(`  ${name.padEnd(14)}${String(passed).padStart(5)} passed ${extra.filter(Boolean).join(', ')}`);
  }
  const skipped = counts.flatMap((count) => count.skipped.map((test) => `${count.name}: ${test}`));
  if (skipped.length > 0) console.log(`Skipped here:\n  ${skipped.join('\n  ')}`);
  const failures = counts.flatMap((count) => count.failures.map((failure) => ({ ...failure, name: count.name })));
  if (failures.length > 0) console.log('Failed:');
  for (const { name, test, message } of failures)
    console.log(`  ${name}: ${test}\n    ${message.split('\n').slice(0, 12).join('\n    ')}`);
  if (status !== 0 && failures.length === 0) console.log('Something failed outside the tests: it is printed above.');
  console.log(summary(counts));
  if (status === 0 && failures.length > 0) process.exitCode = 1;
});
// One package after the other: several of them use all processors.
pnpm('exec', 'turbo', 'run', 'test', '--continue', '--concurrency=1', '--output-logs=new-only');
