import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PARTS as OF_THE_COMMAND } from '../packages/cli/bench/parts.mjs';
import { processor, RUNS, readRows, table } from './bench-lines.mjs';
import { pnpmStatus, root, setUp } from './toolchain.mjs';

/*
 * npm run bench: what is measured of the packages, one part after the other, and at the end one table of all that was compared with a peer.
 * `--only steps,optimizers` measures these parts, `--runs 1` once in place of five times. Peers in Python are those of XINC_PYTHON.
 */

/** The package whose `bench` measures a part, and what it is told. */
const PARTS = {
  kernels: ['kernels'],
  steps: ['engine-ort'],
  tensorflow: ['engine-tfjs'],
  ...Object.fromEntries(OF_THE_COMMAND.map((name) => [name, ['cli', name]])),
  study: ['study'],
  viewer: ['viewer'],
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
  const [of, ...told] = PARTS[name];
  console.log(`\n── ${name}`);
  const env = { ...process.env, XINC_BENCH_ROWS: rows, XINC_BENCH_RUNS: values.runs };
  if (pnpmStatus(env, '--dir', join(root, 'packages', of), 'run', 'bench', ...told) !== 0) failed.push(name);
}
console.log(`\n${processor()}; Node ${process.versions.node}:\n\n${table(readRows(rows))}`);
rmSync(folder, { recursive: true, force: true });
if (failed.length > 0) {
  console.error(`\nThese failed: ${failed.join(', ')}`);
  process.exit(1);
}
