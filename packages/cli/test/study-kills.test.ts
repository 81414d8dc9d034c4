import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startPostgres, whyNoPostgres } from '../../study/test/postgres.js';
import { BIN, workFolder, xinc } from './xinc.js';

/*
 * Processes of a study are killed at any moment. XINC_STUDY_TASKS and XINC_STUDY_KILLS do it with more of both; XINC_STUDY_QUEUE_KILLS says how many of
 * those that a queue on Postgres has are killed.
 */
const TASKS = Number(process.env.XINC_STUDY_TASKS ?? 2);
const KILLS = Number(process.env.XINC_STUDY_KILLS ?? 3);
const QUEUE_KILLS = Number(process.env.XINC_STUDY_QUEUE_KILLS ?? 0);
/** Milliseconds from one to the next, at most: a task takes one to three seconds, and a worker's share of it more. */
const BETWEEN = 2500;
const BETWEEN_OF_QUEUE = 10_000;
/** Networks trained with another number of threads differ in their last bits. */
const THREADS = ['--threads', '1'];

const folder = workFolder();

async function make(name: string): Promise<string> {
  const study = folder.file(name);
  const options = [
    '--models',
    'ffn',
    '--set',
    'width=8',
    '--steps',
    '60',
    '--analyses',
    'canvas',
    '--groupings',
    'grid:2x2',
  ];
  await xinc(['study', 'new', study, '--signals', folder.picture, ...options, '--seeds', `0:${TASKS}`]);
  return study;
}

/** Numbers of the processes that do tasks of a study. */
async function workersOf(study: string): Promise<number[]> {
  const locks = await readdir(join(study, 'locks')).catch(() => []);
  const read = async (name: string) => {
    const content = await readFile(join(study, 'locks', name), 'utf8').catch(() => '');
    return Number(/"pid":(\d+)/.exec(content)?.[1] ?? 0);
  };
  return (await Promise.all(locks.map(read))).filter((pid) => pid > 0);
}

/** Files that have no times in them: weights, numbers, tables. */
async function resultsOf(run: string): Promise<Record<string, string>> {
  const names = await readdir(run, { recursive: true });
  const kept = names.filter((name) => /\.(safetensors|npy|csv|png)$/.test(name)).sort();
  return Object.fromEntries(
    await Promise.all(kept.map(async (name) => [name, (await readFile(join(run, name))).toString('base64')])),
  );
}

/** Kills processes of a study at random moments, and what was started is started again. @returns what runs then */
async function killAtRandom(
  study: string,
  start: () => ChildProcess,
  { processes, kills, between }: { readonly processes: number; readonly kills: number; readonly between: number },
): Promise<ChildProcess[]> {
  const running = Array.from({ length: processes }, start);
  const marks = new Map<string, string>();
  for (let kill = 0; kill < kills; kill++) {
    await pause(Math.random() * between);
    const pids = [...running.map(({ pid }) => pid!), ...(await workersOf(study))];
    const pid = pids[Math.floor(Math.random() * pids.length)];
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
    for (const [i, child] of running.entries()) {
      if (child.pid === pid) await end(child);
      if (hasEnded(child)) running[i] = start();
    }
    await keepMarks(study, marks);
  }
  return running;
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

async function end(child: ChildProcess): Promise<void> {
  if (!hasEnded(child)) await once(child, 'exit');
}

/** Keeps what says of each run that it is done, and when it was; what was kept before is as it was. */
async function keepMarks(study: string, kept: Map<string, string>): Promise<void> {
  for (const id of await readdir(join(study, 'runs')).catch(() => [])) {
    const run = join(study, 'runs', id);
    for (const name of (await readdir(run)).filter((file) => file.startsWith('task-'))) {
      const mark = await readFile(join(run, name), 'utf8');
      expect(kept.get(id) ?? mark).toBe(mark);
      kept.set(id, mark);
    }
  }
}

/** All runs are done, and are those of a study whose processes are left alone: the same for both tests. */
async function expectUndisturbed(study: string): Promise<void> {
  const { done, failed } = JSON.parse((await xinc(['study', 'status', study, '--json'])).stdout);
  expect({ done, failed }).toEqual({ done: TASKS, failed: 0 });
  expect(await readdir(join(study, 'locks'))).toEqual([]);
  const undisturbed = await make('undisturbed');
  await xinc(['study', 'run', undisturbed, '--jobs', '2', ...THREADS, '--quiet']);
  for (const id of await readdir(join(undisturbed, 'runs'))) {
    const [there, here] = [join(undisturbed, 'runs', id), join(study, 'runs', id)];
    const names = (await readdir(here)).sort();
    expect(names.filter((name) => name.startsWith('task-'))).toHaveLength(1);
    expect(names).toEqual((await readdir(there)).sort());
    const results = await resultsOf(there);
    expect(Object.keys(results)).toContain('weights.safetensors');
    expect(await resultsOf(here)).toEqual(results);
  }
}

test('however often processes are killed, every run ends done once, with the same bits', {
  timeout: 600_000 + 60_000 * TASKS,
}, async () => {
  const study = await make('killed');
  const words = ['study', 'run', study, '--jobs', '2', ...THREADS, '--quiet'];
  const start = () => spawn(process.execPath, [BIN, ...words], { stdio: 'ignore' });
  const [main] = await killAtRandom(study, start, { processes: 1, kills: KILLS, between: BETWEEN });
  await end(main);
  // Some were killed three times in a row, and are failed.
  await xinc(words);
  await xinc([...words, '--retry']);
  await expectUndisturbed(study);
});

const why = QUEUE_KILLS > 0 ? await whyNoPostgres() : 'XINC_STUDY_QUEUE_KILLS says how many';
test.skipIf(why !== undefined)(
  `the same of workers of a queue${why === undefined ? '' : ` (skipped: ${why})`}`,
  { timeout: 3_600_000 },
  async () => {
    const postgres = await startPostgres();
    onTestFinished(() => postgres.dispose());
    const study = await make('queued');
    const env = { XINC_QUEUE: postgres.url };
    const words = ['study', 'worker', study, '--jobs', '1', ...THREADS, '--quiet', '--retry'];
    const start = () => spawn(process.execPath, [BIN, ...words], { env: { ...process.env, ...env }, stdio: 'ignore' });
    const kills = { processes: 2, kills: QUEUE_KILLS, between: BETWEEN_OF_QUEUE };
    for (const worker of await killAtRandom(study, start, kills)) await end(worker);
    // Some were killed three times, and are failed.
    await xinc(words, { env });
    await expectUndisturbed(study);
  },
);
