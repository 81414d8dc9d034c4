import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readCounts, total } from './test-counts.mjs';
import { pnpm, root, setUp } from './toolchain.mjs';

/* Every test of every package, the ones in a real browser included. */
setUp();
for (const { name } of readCounts())
  rmSync(join(root, 'packages', name, 'test-results'), { recursive: true, force: true });

process.on('exit', (status) => {
  const counts = readCounts();
  console.log('\nTests');
  for (const { name, passed, failed, skipped, missing } of counts) {
    const extra = [failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`, missing && 'did not run'];
    console.log(`  ${name.padEnd(14)}${String(passed).padStart(5)} passed ${extra.filter(Boolean).join(', ')}`);
  }
  const skipped = counts.flatMap(({ name, skippedNames }) => skippedNames.map((test) => `${name}: ${test}`));
  if (skipped.length > 0) console.log(`Skipped here:\n  ${skipped.join('\n  ')}`);
  console.log(`${total(counts, 'passed')} passed, ${total(counts, 'failed')} failed`);
  if (status === 0 && total(counts, 'failed') > 0) process.exitCode = 1;
});
// One package after the other: several of them use all processors.
pnpm('exec', 'turbo', 'run', 'test', '--continue', '--concurrency=1', '--output-logs=new-only');
