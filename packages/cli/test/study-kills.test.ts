import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { BIN, workFolder, xinc } from './xinc.js';

/*
 * Processes of a study are killed at any moment. XINC_STUDY_TASKS and XINC_STUDY_KILLS do it with more of both.
 */
const TASKS = Number(process.env.XINC_STUDY_TASKS ?? 2);
const KILLS = Number(process.env.XINC_STUDY_KILLS ?? 3);
/** Milliseconds from one to the next, at most: a task takes one to three seconds. */
const BETWEEN = 2500;

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

test('however often processes are killed, every run ends done once, with the same bits', {
  timeout: 600_000 + 60_000 * TASKS,
}, async () => {
  const killed = await make('killed');
  const start = () =>
    spawn(process.execPath, [BIN, 'study', 'run', killed, '--jobs', '2', '--quiet'], { stdio: 'ignore' });
  let main = start();
  for (let kill = 0; kill < KILLS; kill++) {
    await pause(Math.random() * BETWEEN);
    const workers = await workersOf(killed);
    const ofAll = [main.pid!, ...workers];
    const pid = ofAll[Math.floor(Math.random() * ofAll.length)];
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
    if (main.exitCode === null && main.signalCode === null && pid === main.pid) await once(main, 'exit');
    if (main.exitCode !== null || main.signalCode !== null) main = start();
  }
  if (main.exitCode === null && main.signalCode === null) await once(main, 'exit');
  // Some were killed three times in a row, and are failed.
  await xinc(['study', 'run', killed, '--jobs', '2', '--quiet']);
  await xinc(['study', 'run', killed, '--jobs', '2', '--quiet', '--retry']);
  const { done, failed } = JSON.parse((await xinc(['study', 'status', killed, '--json'])).stdout);
  expect({ done, failed }).toEqual({ done: TASKS, failed: 0 });
  expect(await readdir(join(killed, 'locks'))).toEqual([]);

  const undisturbed = await make('undisturbed');
  await xinc(['study', 'run', undisturbed, '--jobs', '2', '--quiet']);
  for (const id of await readdir(join(undisturbed, 'runs'))) {
    const [there, here] = [join(undisturbed, 'runs', id), join(killed, 'runs', id)];
    const names = (await readdir(here)).sort();
    expect(names.filter((name) => name.startsWith('task-'))).toHaveLength(1);
    expect(names).toEqual((await readdir(there)).sort());
    const results = await resultsOf(there);
    expect(Object.keys(results)).toContain('weights.safetensors');
    expect(await resultsOf(here)).toEqual(results);
  }
});
