import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './toolchain.mjs';

/** Passed, failed and skipped tests of every package, from the reports that the test runner wrote. */
export function readCounts() {
  const packages = readdirSync(join(root, 'packages')).filter((name) =>
    existsSync(join(root, 'packages', name, 'package.json')),
  );
  return packages.map((name) => {
    const file = join(root, 'packages', name, 'test-results', 'report.json');
    if (!existsSync(file)) {
      const failure = { test: 'the package', message: 'It did not get as far as running its tests.' };
      return { name, passed: 0, failures: [failure], skipped: [] };
    }
    const report = JSON.parse(readFileSync(file, 'utf8'));
    return {
      name,
      passed: report.numPassedTests,
      failures: report.testResults.flatMap((suite) => failuresOf(suite, join(root, 'packages', name))),
      skipped: report.testResults.flatMap((suite) =>
        suite.assertionResults
          .filter(({ status }) => status === 'skipped' || status === 'pending')
          .map((test) => test.fullName),
      ),
    };
  });
}

/** Failed tests of a file; the file itself where it failed before or after its tests, which then count as skipped. */
function failuresOf(suite, folder) {
  const failed = suite.assertionResults.filter(({ status }) => status === 'failed');
  if (failed.length === 0 && suite.status === 'failed')
    return [
      {
        test: relative(folder, suite.name),
        message: suite.message || 'A hook failed: what was printed above says which.',
      },
    ];
  return failed.map((test) => ({ test: test.fullName, message: test.failureMessages.join('\n') }));
}

/** What a run of all tests came to, on one line. */
export function summary(counts) {
  const sum = (of) => counts.reduce((total, count) => total + of(count), 0);
  return `${sum(({ passed }) => passed)} passed, ${sum(({ failures }) => failures.length)} failed`;
}
