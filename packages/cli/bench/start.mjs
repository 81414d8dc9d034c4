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
/** What the command took of an empty process's processor time when both were measured first, 0.16 s of 0.09 s. */
const MOST = 1.8;

try {
  const runs = Array.from({ length: RUNS }, () => ({ help: take(bin, '--help'), empty: take('--eval', '0') }));
  const of = (what, key) => runs.map((run) => run[what][key]);
  for (const [words, key, target] of [
    ['processor time', 'processorSeconds', MOST],
    ['wall time', 'seconds', undefined],
  ]) {
    const line = { name: `xinc --help, ${words}`, peer: 'an empty Node process', target };
    ratio({ ...line, ours: of('help', key), theirs: of('empty', key) });
  }
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
