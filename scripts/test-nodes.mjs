import { Unavailable } from './cache.mjs';
import { NODES, nodeBinary } from './nodes.mjs';
import { runTests } from './run-tests.mjs';
import { anyFailed, finish, packageNames } from './test-counts.mjs';
import { setUp } from './toolchain.mjs';

/*
 * The tests on the other lines of Node: all but those in a browser and the longest. Names of versions or lines after the
 * command choose some: npm run test:nodes -- 22 24.
 */
const EXCLUDE = [
  '**/*.browser.test.ts',
  'test/browser/**',
  // The longest, of arithmetic, messages and pages in which no version of Node has a part that others do not try.
  ...[
    'reference-*',
    'left-out',
    'damaged-run',
    'hostile-run',
    'numbers-fuzz',
    'annotations',
    'import-conventions',
    'recognise-network',
    'author-mistakes',
    'project-plugins',
    'no-picture',
    'view',
    'interoperability',
    'conformance*',
    'hostile-charts',
  ].map((name) => `test/${name}.test.ts`),
  'test/server/floods.test.ts',
  'test/report.test.ts',
  'test/neuron-clusters.test.ts',
];

/* Lines between two others that are tried: of whole commands, what the README and its plugins' tutorial show. */
const BETWEEN = ['22', '24'];
const EXCLUDE_BETWEEN = ['commands', 'import', 'import-network', 'figures', 'round-trip', 'queue', 'study-queue'].map(
  (name) => `test/${name}.test.ts`,
);

const major = (version) => version.split('.', 1)[0];

function counts(version, run) {
  let node;
  try {
    node = nodeBinary(version);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return [{ name: 'all packages', passed: 0, failures: [], skipped: [`all of them, since ${error.message}`] }];
  }
  const exclude = BETWEEN.includes(major(version)) ? [...EXCLUDE, ...EXCLUDE_BETWEEN] : EXCLUDE;
  return packageNames().map((name) => runTests(name, run, { node, exclude }));
}

setUp();
console.log(`\nOn other lines of Node, without ${EXCLUDE.join(', ')}`);
console.log(`On Node ${BETWEEN.join(', ')} without ${EXCLUDE_BETWEEN.join(', ')} as well`);
const chosen = process.argv.slice(2).map(major);
for (const version of NODES.filter((other) => major(other) !== major(process.versions.node))) {
  if (chosen.length > 0 && !chosen.includes(major(version))) continue;
  const run = `node-${major(version)}`;
  const made = counts(version, run);
  finish(run, `Tests on Node ${version}`, made);
  if (anyFailed(made)) process.exitCode = 1;
}
