import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const properties = fileURLToPath(new URL('./vitest.properties.ts', import.meta.url));

/** What every package's tests share: files beside the code, a JSON report for the counts of `npm test`. */
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: `test-results/${process.env.XINC_TEST_RUN ?? 'report'}.json` }]],
    // Two files at once on two cores, where vitest's default is one: most tests wait for a process of their own.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    setupFiles: 'fast-check' in devDependencies ? [properties] : [],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // What a page shows is waited for: a machine under other work is slower than the second that is the default.
    expect: { poll: { timeout: 20_000 } },
  },
});
