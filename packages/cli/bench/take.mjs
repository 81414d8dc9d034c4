import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const usage = pathToFileURL(fileURLToPath(new URL('usage.mjs', import.meta.url))).href;
/** Milliseconds that the processes which a command leaves behind have to end. */
const PATIENCE = 20_000;

/** The command `xinc`. */
export const bin = fileURLToPath(new URL('../bin/xinc.js', import.meta.url));

/**
 * Runs Node with arguments and waits for it.
 * @returns seconds on the clock; seconds of processors, also of the processes that it starts (which draw charts); the largest memory of the first
 * process; and what it printed on either stream
 */
export function take(...args) {
  const folder = mkdtempSync(join(tmpdir(), 'xinc-usage-'));
  const file = join(folder, 'usage.jsonl');
  try {
    const options = [process.env.NODE_OPTIONS, `--import ${usage}`].filter(Boolean).join(' ');
    const start = performance.now();
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: options, XINC_BENCH_USAGE: file },
    });
    const seconds = (performance.now() - start) / 1000;
    if (status !== 0) throw new Error(`node ${args.join(' ')}: ${stderr}`);
    const ended = endedProcesses(file, args);
    const processorSeconds = ended.reduce((sum, one) => sum + one.processorSeconds, 0);
    const [{ megabytes }] = ended.filter(({ parent }) => parent === process.pid);
    return { seconds, processorSeconds, megabytes, stdout, stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What all processes took that began: those that draw charts end a moment after the command does. */
function endedProcesses(file, args) {
  for (const start = performance.now(); performance.now() - start < PATIENCE; ) {
    const lines = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const ended = lines.filter((line) => line.ended !== undefined);
    if (2 * ended.length === lines.length) return ended;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  }
  throw new Error(`node ${args.join(' ')}: a process that it started does not end`);
}
