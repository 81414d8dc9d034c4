import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, parse, relative } from 'node:path';
import { root } from './toolchain.mjs';

/*
 * A run of tests has a name: `report` is that of `npm test`. Every package's test runner writes test-results/<run>.json
 * in its package; what the run came to is kept in test-results/<run>.json of the repository, for `print-counts.mjs`.
 */
export const MAIN_RUN = 'report';
const KEPT = join(root, 'test-results');

export const packageNames = () =>
  readdirSync(join(root, 'packages')).filter((name) => existsSync(join(root, 'packages', name, 'package.json')));

/** Passed, retried, failed and skipped tests of a package, from the report that its test runner wrote in a run. */
export function readCount(name, run) {
  const file = join(root, 'packages', name, 'test-results', `${run}.json`);
  if (!existsSync(file)) {
    const failure = { test: 'the package', message: 'It did not get as far as running its tests.' };
    return { name, passed: 0, retried: [], failures: [failure], skipped: [] };
  }
  const report = JSON.parse(readFileSync(file, 'utf8'));
  return {
    name,
    passed: report.numPassedTests,
    // Tests in browsers are tried twice on a CI machine; what passed then keeps what failed before.
    retried: report.testResults.flatMap((suite) =>
      suite.assertionResults
        .filter(({ status, failureMessages }) => status === 'passed' && failureMessages.length > 0)
        .map(described),
    ),
    failures: report.testResults.flatMap((suite) => failuresOf(suite, join(root, 'packages', name))),
    skipped: report.testResults.flatMap((suite) =>
      suite.assertionResults
        .filter(({ status }) => status === 'skipped' || status === 'pending')
        .map((test) => test.fullName),
    ),
  };
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
  return failed.map(described);
}

const described = ({ fullName, failureMessages }) => ({ test: fullName, message: failureMessages.join('\n') });

/** Prints one test of the package `name` that failed, once or twice, with the first lines of why. */
export function printTest({ name, test, message }) {
  console.log(`  ${name}: ${test}\n    ${message.split('\n').slice(0, 12).join('\n    ')}`);
}

/** Prints what a run came to, package by package, and keeps it. */
export function finish(run, title, counts) {
  console.log(`\n${title}`);
  for (const { name, passed, failures, skipped } of counts) {
    const extra = [
      failures.length > 0 && `${failures.length} failed`,
      skipped.length > 0 && `${skipped.length} skipped`,
    ];
    console.log(`  ${name.padEnd(14)}${String(passed).padStart(5)} passed ${extra.filter(Boolean).join(', ')}`);
  }
  const skipped = counts.flatMap((count) => count.skipped.map((test) => `${count.name}: ${test}`));
  if (skipped.length > 0) console.log(`Skipped here:\n  ${skipped.join('\n  ')}`);
  printAll('Passed at the second try:', counts, ({ retried = [] }) => retried);
  printAll('Failed:', counts, ({ failures }) => failures);
  mkdirSync(KEPT, { recursive: true });
  writeFileSync(join(KEPT, `${run}.json`), JSON.stringify(counts));
}

function printAll(title, counts, of) {
  const tests = counts.flatMap((count) => of(count).map((test) => ({ ...test, name: count.name })));
  if (tests.length > 0) console.log(title);
  for (const test of tests) printTest(test);
}

/** What every run since the last `npm test` came to, that one included: counts of packages, each with the name of its `run`. */
export function keptCounts() {
  if (!existsSync(KEPT)) return [];
  return readdirSync(KEPT).flatMap((file) =>
    JSON.parse(readFileSync(join(KEPT, file), 'utf8')).map((count) => ({ ...count, run: parse(file).name })),
  );
}

export const anyFailed = (counts) => counts.some(({ failures }) => failures.length > 0);

/** What tests came to, on one line. */
export function summary(counts) {
  const sum = (of) => counts.reduce((total, count) => total + of(count), 0);
  return `${sum(({ passed }) => passed)} passed, ${sum(({ failures }) => failures.length)} failed`;
}
