import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Run } from '../dist/index.js';
import { manifest } from './manifest.js';

const PROCESSES = 8;
const ROUNDS = 40;

let folder: string;
let racers: ChildProcess[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xinc-race-'));
  racers = Array.from({ length: PROCESSES }, () => fork(new URL('racer.mjs', import.meta.url)));
});
afterAll(async () => {
  for (const racer of racers) {
    const ended = once(racer, 'exit');
    racer.kill();
    await ended;
  }
  await rm(folder, { recursive: true, force: true });
});

/** What each process says of one round, in which the runs that are made have seeds of their own. */
function race(path: string, make = false): Promise<string[]> {
  return Promise.all(
    racers.map(async (racer, seed) => {
      const answer = once(racer, 'message');
      racer.send({ path, ...(make && { manifest: { ...manifest, seed } }) });
      return (await answer)[0] as string;
    }),
  );
}

const { pid: dead } = spawnSync(process.execPath, ['--version']);
const past = new Date(Date.now() - 200_000);

test.each([
  ['a process that was killed left', JSON.stringify({ pid: dead, host: hostname() })],
  ['was never written to its end', ''],
])('of many processes that find a lock that %s, one at a time writes', async (_, left) => {
  const run = await Run.create(join(folder, `run-${left.length}`), manifest);
  for (let round = 0; round < ROUNDS; round++) {
    await writeFile(run.file('xinc.lock'), left);
    await utimes(run.file('xinc.lock'), past, past);
    const answers = await race(run.path);
    expect(answers).toContain('held');
    expect(answers.filter((answer) => answer !== 'held' && answer !== 'refused')).toEqual([]);
    expect(await readdir(run.path)).toEqual(['run.json']);
  }
});

test('of many processes that make the same run, one does', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const path = join(folder, 'made', String(round));
    const answers = await race(path, true);
    expect(answers.filter((answer) => answer !== 'refused')).toEqual(['held']);
    expect((await Run.open(path)).manifest.seed).toBe(answers.indexOf('held'));
    expect(await readdir(path)).toEqual(['run.json']);
  }
});
