import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { RUNS, ratio } from '../../../scripts/bench-lines.mjs';

/* What `xinc --help` takes, beside a Node process that does nothing, in turns: on the clock, and of processors. */
const bin = fileURLToPath(new URL('../bin/xinc.js', import.meta.url));
const usage = pathToFileURL(fileURLToPath(new URL('usage.mjs', import.meta.url))).href;
const folder = mkdtempSync(join(tmpdir(), 'xinc-bench-'));
/** Seconds of processors that the command took when it was measured first. */
const FIRST = 0.14;

try {
  const runs = Array.from({ length: RUNS }, () => ({ help: take(bin, '--help'), empty: take('--eval', '0') }));
  const of = (what, key) => runs.map((run) => run[what][key]);
  const seconds = of('help', 'processorSeconds');
  const first = { name: 'xinc --help, processor time', peer: `the ${FIRST} s of its first measurement` };
  ratio({ ...first, ours: seconds, theirs: seconds.map(() => FIRST), target: 1 });
  const empty = { peer: 'an empty Node process' };
  ratio({ ...empty, name: 'xinc --help, processor time', ours: seconds, theirs: of('empty', 'processorSeconds') });
  ratio({ ...empty, name: 'xinc --help, wall time', ours: of('help', 'seconds'), theirs: of('empty', 'seconds') });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function take(...args) {
  const file = join(folder, 'usage.json');
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--import', usage, ...args], {
    encoding: 'utf8',
    env: { ...process.env, XINC_BENCH_USAGE: file },
  });
  if (status !== 0) throw new Error(stderr);
  return { seconds: (performance.now() - start) / 1000, ...JSON.parse(readFileSync(file, 'utf8')) };
}
