import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './toolchain.mjs';

/** Passed, failed and skipped tests of every package, from the reports that the test runner wrote. */
export function readCounts() {
  const packages = readdirSync(join(root, 'packages')).filter((name) =>
    existsSync(join(root, 'packages', name, 'package.json')),
  );
  return packages.map((name) => {
    const file = join(root, 'packages', name, 'test-results', 'report.json');
    // A package without a report did not get as far as running its tests.
    if (!existsSync(file)) return { name, passed: 0, failed: 1, skipped: 0, skippedNames: [], missing: true };
    const report = JSON.parse(readFileSync(file, 'utf8'));
    const brokenFiles = report.testResults.filter(
      (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
    );
    const skippedNames = report.testResults.flatMap((suite) =>
      suite.assertionResults
        .filter(({ status }) => status === 'skipped' || status === 'pending')
        .map((test) => test.fullName),
    );
    return {
      name,
      passed: report.numPassedTests,
      failed: report.numFailedTests + brokenFiles.length,
      skipped: skippedNames.length,
      skippedNames,
      missing: false,
    };
  });
}

export function total(counts, field) {
  return counts.reduce((sum, count) => sum + count[field], 0);
}
