import { Unavailable } from './cache.mjs';
import { NODES, nodeBinary } from './nodes.mjs';
import { runTests } from './run-tests.mjs';
import { anyFailed, finish, packageNames } from './test-counts.mjs';
import { setUp } from './toolchain.mjs';

/* The tests on the other lines of Node: all but those in a browser and the longest. */
const EXCLUDE = [
  '**/*.browser.test.ts',
  'test/browser/**',
  // Numbers of the published code, minutes of arithmetic.
  'test/reference-*.test.ts',
];

const major = (version) => version.split('.', 1)[0];

function counts(version, run) {
  let node;
  try {
    node = nodeBinary(version);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return [{ name: 'all packages', passed: 0, failures: [], skipped: [`all of them, since ${error.message}`] }];
  }
  return packageNames().map((name) => runTests(name, run, { node, exclude: EXCLUDE }));
}

setUp();
for (const version of NODES.filter((other) => major(other) !== major(process.versions.node))) {
  const run = `node-${major(version)}`;
  const made = counts(version, run);
  finish(run, `Tests on Node ${version}`, made);
  if (anyFailed(made)) process.exitCode = 1;
}
