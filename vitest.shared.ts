import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** What every package's tests share: files beside the code, a JSON report for the counts of `npm test`. */
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: `test-results/${process.env.XINC_TEST_RUN ?? 'report'}.json` }]],
    // Two files at once on two cores, where vitest's default is one: most tests wait for a process of their own.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // What a page shows is waited for: a machine under other work is slower than the second that is the default.
    expect: { poll: { timeout: 20_000 } },
  },
});
