import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { processor, RUNS, readRows, table } from './bench-lines.mjs';
import { root, setUp } from './toolchain.mjs';

/*
 * npm run bench: what is measured of the packages, one part after the other, and at the end one table of all that was compared with a peer.
 * `--only steps,optimizers` measures these parts, `--runs 1` once in place of five times. Peers in Python are those of XINC_PYTHON.
 */
const PARTS = {
  kernels: { package: 'kernels', files: ['index.mjs'] },
  steps: { package: 'engine-ort', files: ['index.ts', 'parts.ts'] },
  tensorflow: { package: 'engine-tfjs', files: ['index.ts'] },
  traces: { package: 'cli', files: ['traces.mjs'] },
  start: { package: 'cli', files: ['start.mjs'] },
  analyses: { package: 'cli', files: ['analyses.mjs'] },
  import: { package: 'cli', files: ['import.mjs'] },
  quality: { package: 'cli', files: ['quality.mjs'] },
  optimizers: { package: 'cli', files: ['optimizers.mjs'] },
  study: { package: 'study', files: ['index.mjs', 'queue.ts'] },
  viewer: { package: 'viewer', files: ['index.mjs'] },
};

const { values } = parseArgs({ options: { only: { type: 'string' }, runs: { type: 'string', default: `${RUNS}` } } });
const chosen = values.only?.split(',') ?? Object.keys(PARTS);
const unknown = chosen.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
  console.error(`--only: there is no part ${unknown.join(', ')}; the parts are ${Object.keys(PARTS).join(', ')}.`);
  process.exit(2);
}
if (!/^[1-9]\d*$/.test(values.runs)) {
  console.error('--runs is a positive whole number.');
  process.exit(2);
}

setUp();
const folder = mkdtempSync(join(tmpdir(), 'xinc-bench-'));
const rows = join(folder, 'rows.jsonl');
const failed = [];
console.log(`\n${processor()}; Node ${process.versions.node}`);
for (const name of chosen) {
  for (const file of PARTS[name].files) {
    console.log(`\n── ${name}: ${PARTS[name].package}/bench/${file}`);
    if (!measure(join(root, 'packages', PARTS[name].package), file)) failed.push(`${name} (${file})`);
  }
}
console.log(`\n${processor()}; Node ${process.versions.node}:\n\n${table(readRows(rows))}`);
rmSync(folder, { recursive: true, force: true });
if (failed.length > 0) {
  console.error(`\nThese failed: ${failed.join(', ')}`);
  process.exit(1);
}

/** Runs a file of a package's bench, and says whether it ended well. */
function measure(path, file) {
  const loader = file.endsWith('.ts') ? ['--import', pathToFileURL(tsx(path)).href] : [];
  const { status } = spawnSync(process.execPath, [...loader, join('bench', file)], {
    cwd: path,
    stdio: 'inherit',
    env: { ...process.env, XINC_BENCH_ROWS: rows, XINC_BENCH_RUNS: values.runs },
  });
  return status === 0;
}

function tsx(path) {
  return createRequire(join(path, 'package.json')).resolve('tsx');
}
