import { Unavailable } from './cache.mjs';
import { NODES, nodeBinary } from './nodes.mjs';
import { runTests } from './run-tests.mjs';
import { anyFailed, finish, packageNames } from './test-counts.mjs';
import { setUp } from './toolchain.mjs';

/*
 * The tests on the other lines of Node, but for those in a browser and the longest. `npm test` runs all of them on the Node that is
 * there. Names of versions or lines after the command choose some: npm run test:nodes -- 22 24.
 */
const EXCLUDE = [
  '**/*.browser.test.ts',
  'test/browser/**',
  // The longest, of arithmetic, messages and pages in which no version of Node has a part that others do not try.
  ...[
    'reference-*',
    'left-out',
    'published-sizes',
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
/** Runs in browsers, and on Node in its tests alone. */
const OF_BROWSERS = ['viewer-page'];

/*
 * Lines between the oldest and the newest: what meets Node itself, which is files, processes, threads, streams, sockets, modules,
 * native code and WebAssembly. Packages of arithmetic and formats alone are tried on the oldest and the newest.
 */
const BETWEEN = ['22', '24'];
const MEET_NODE = [
  'analyses',
  'cli',
  'core',
  'create-xinc-plugin',
  'engine-ort',
  'kernels',
  'report',
  'runs',
  'signals',
  'study',
  'viewer',
];
/** Of whole commands, what the README, output, studies and the tutorial of plugins show. */
const EXCLUDE_BETWEEN = [
  'commands',
  'export',
  'import',
  'import-network',
  'figures',
  'round-trip',
  'queue',
  'study-queue',
  'study-kills',
  'built-in-plugins',
].map((name) => `test/${name}.test.ts`);

const major = (version) => version.split('.', 1)[0];

function counts(version, run) {
  let node;
  try {
    node = nodeBinary(version);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return [{ name: 'all packages', passed: 0, failures: [], skipped: [`all of them, since ${error.message}`] }];
  }
  // Property tests draw other cases on each line, the same ones every time.
  const env = { XINC_PROPERTIES: process.env.XINC_PROPERTIES ?? major(version) };
  if (BETWEEN.includes(major(version))) {
    const exclude = [...EXCLUDE, ...EXCLUDE_BETWEEN];
    return MEET_NODE.map((name) => runTests(name, run, { node, exclude, env }));
  }
  const packages = packageNames().filter((name) => !OF_BROWSERS.includes(name));
  return packages.map((name) => runTests(name, run, { node, exclude: EXCLUDE, env }));
}

setUp();
console.log(`\nOn other lines of Node, without ${[...OF_BROWSERS, ...EXCLUDE].join(', ')}`);
console.log(
  `On Node ${BETWEEN.join(', ')} ${MEET_NODE.join(', ')} alone, without ${EXCLUDE_BETWEEN.join(', ')} as well`,
);
const chosen = process.argv.slice(2).map(major);
for (const version of NODES.filter((other) => major(other) !== major(process.versions.node))) {
  if (chosen.length > 0 && !chosen.includes(major(version))) continue;
  const run = `node-${major(version)}`;
  const made = counts(version, run);
  finish(run, `Tests on Node ${version}`, made);
  if (anyFailed(made)) process.exitCode = 1;
}
