import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { encodePng } from '@xinc/signals';
import { openStudy, studyStatus } from '@xinc/study';
import { Unavailable } from './cache.mjs';
import { startSlurm } from './slurm.mjs';
import { anyFailed, finish } from './test-counts.mjs';
import { root } from './toolchain.mjs';

/* Studies on a real Slurm of one node, started and stopped here, where it can be had. */
const RUN = 'slurm';
const BIN = join(root, 'packages', 'cli', 'bin', 'xinc.js');
/** Seconds after which a test gives up waiting, many times what it takes on a busy machine. */
const PATIENCE = 300;

const count = { name: 'slurm', passed: 0, failures: [], skipped: [] };
const folder = mkdtempSync(join(tmpdir(), 'xinc on slurm '));
let slurm;

async function test(name, body) {
  try {
    await body();
    count.passed++;
  } catch (error) {
    count.failures.push({ test: name, message: error.stack ?? String(error) });
  }
}

/** The command, as a user of the cluster calls it. */
async function xinc(...args) {
  const child = spawn(process.execPath, [BIN, ...args], { env: slurm.env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { stdout, stderr, status };
}

async function newStudy(path, signals, seeds, steps) {
  const small = ['--models', 'ffn', '--set', 'width=8', '--analyses', 'canvas', '--groupings', 'grid:2x2'];
  const made = ['--signals', ...signals, '--seeds', `0:${seeds}`, '--steps', String(steps), ...small];
  const { status, stderr } = await xinc('study', 'new', path, ...made);
  assert.equal(status, 0, stderr);
}

async function submit(path, ...args) {
  const { status, stdout, stderr } = await xinc('study', 'submit', path, '--slurm', '--json', ...args);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

const statesOf = async (path) => studyStatus(await openStudy(path));

/** `1_2 RUNNING`, a line for each job that is there. */
const queue = () => slurm.call('squeue', '--noheader', '--array', '--format=%i %T').stdout.split('\n').filter(Boolean);

async function until(what, holds) {
  for (const end = Date.now() + 1000 * PATIENCE; Date.now() < end; await pause(100)) {
    if (await holds()) return;
  }
  throw new Error(`${what} did not come in ${PATIENCE} seconds. Jobs: ${queue().join(', ')}`);
}

/** Waits until no job is left. @returns how many ran at once, at most */
async function allJobsEnd(meanwhile = () => {}) {
  let most = 0;
  await until('the end of all jobs', async () => {
    const jobs = queue();
    most = Math.max(most, jobs.filter((job) => job.endsWith(' RUNNING')).length);
    await meanwhile();
    return jobs.length === 0;
  });
  return most;
}

const isRunning = (path, place) => async () => (await statesOf(path))[place - 1].state === 'running';
const logsOf = (path) => readdirSync(join(path, 'logs')).map((name) => readFileSync(join(path, 'logs', name), 'utf8'));
/** When each run that is done was done, by its name. */
const marksOf = (path) =>
  new Map(
    readdirSync(join(path, 'runs')).map((run) => {
      const marks = readdirSync(join(path, 'runs', run)).filter((name) => name.startsWith('task-'));
      return [run, marks.map((name) => statSync(join(path, 'runs', run, name)).mtimeMs)];
    }),
  );

async function studies() {
  const [bear, deer] = ['bear.png', 'deer.png'].map((name) => join(folder, name));
  for (const path of [bear, deer]) writeFileSync(path, await encodePng(picture(18, 26)));

  await test('some tasks fail, one is killed, one is requeued, and no more run than are wished', async () => {
    const study = join(folder, 'study 1');
    await newStudy(study, [bear, deer], 2, 3000);
    renameSync(deer, `${deer}.gone`);
    // Places 1 and 2, and 3 and 4 with an offset.
    const { arrays, report } = await submit(study, '--jobs', '2', '--array-size', '3');
    assert.deepEqual(
      arrays.map(({ offset, tasks }) => [offset, tasks]),
      [
        [0, 2],
        [2, 2],
      ],
    );
    await until('the first task', isRunning(study, 1));
    slurm.call('scancel', '--batch', '--signal=KILL', `${arrays[0].job}_1`);
    await until('the second task', isRunning(study, 2));
    assert.equal(slurm.call('scontrol', 'requeue', `${arrays[0].job}_2`).stderr, '');
    assert.ok((await allJobsEnd()) <= 2);
    const states = await statesOf(study);
    assert.deepEqual(
      states.map(({ state }) => state),
      ['waiting', 'done', 'failed', 'failed'],
    );
    assert.match(states[0].why, /ended without a word/);
    for (const { why } of states.slice(2)) assert.match(why, /deer\.png cannot be read: it does not exist/);
    const log = readFileSync(join(study, 'logs', `${arrays[0].job}_2.log`), 'utf8');
    assert.deepEqual(
      log.match(/^task 2, job \d+, start \d/gm)?.map((line) => line.slice(-1)),
      ['0', '1'],
    );
    assert.match(readFileSync(join(study, 'report.html'), 'utf8'), /1 of 4 runs are done/);
    assert.ok(readdirSync(join(study, 'logs')).includes(`${report}-report.log`));
  });

  await test('what is submitted again is what is not done, and nothing else', async () => {
    const study = join(folder, 'study 1');
    renameSync(`${deer}.gone`, deer);
    const before = marksOf(study);
    const { arrays, tasks } = await submit(study);
    assert.deepEqual([tasks, arrays.length], [3, 1]);
    await allJobsEnd();
    assert.deepEqual(
      (await statesOf(study)).map(({ state }) => state),
      Array(4).fill('done'),
    );
    const after = marksOf(study);
    assert.deepEqual(
      [...after.values()].map(({ length }) => length),
      Array(4).fill(1),
    );
    assert.deepEqual(after.get('bear-ffn-s1'), before.get('bear-ffn-s1'));
    assert.match(readFileSync(join(study, 'report.html'), 'utf8'), /4 of 4 runs are done/);
    assert.match((await xinc('study', 'submit', study, '--slurm')).stdout, /^Nothing to submit: 4 of 4 runs are done/);
  });

  await test('a task whose time is over saves what it has; submitted twice, it is done once, from there', async () => {
    const study = join(folder, 'study 2');
    await newStudy(study, [bear], 1, 6000);
    const { arrays } = await submit(study);
    const training = join(study, 'runs', 'bear-ffn-s0', 'training.jsonl');
    await until('a step of training', () => statSync(training, { throwIfNoEntry: false })?.size > 0);
    // As Slurm does by the script's option, some time before the end.
    slurm.call('scancel', '--batch', '--signal=TERM', `${arrays[0].job}_1`);
    await allJobsEnd();
    const [{ state, why }] = await statesOf(study);
    assert.deepEqual({ state, why }, { state: 'waiting', why: undefined });
    assert.match(logsOf(study).join(''), /^Stopping …$/m);
    // No job starts before both are submitted: the first might be done before the second looks for what there is to do.
    const jobsStart = (state) => slurm.call('scontrol', 'update', 'PartitionName=all', `State=${state}`);
    jobsStart('DOWN');
    await Promise.all([submit(study), submit(study)]);
    jobsStart('UP');
    await allJobsEnd();
    assert.equal((await statesOf(study))[0].state, 'done');
    const logs = logsOf(study).join('');
    assert.equal(logs.match(/^Training goes on after step [1-9]/gm)?.length, 1);
    assert.match(logs, /: it was done$/m);
  });

  const disk = join(folder, 'disk');
  mkdirSync(disk);
  const mount = (options) => spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk], { encoding: 'utf8' });
  const refused = mount('size=600k');
  const name = 'a full disk fails its tasks, which say so, and are done when there is room';
  if (refused.status !== 0) {
    count.skipped.push(`${name}, since no file system can be mounted: ${refused.stderr.trim()}`);
    return;
  }
  try {
    await test(name, async () => {
      const study = join(disk, 'study');
      await newStudy(study, [bear], 1, 60);
      await submit(study);
      await allJobsEnd();
      for (const { state, why } of await statesOf(study)) {
        assert.equal(state, 'failed');
        assert.match(why, /the disk is full/);
      }
      mount('remount,size=60m');
      await submit(study);
      await allJobsEnd();
      assert.deepEqual(
        (await statesOf(study)).map(({ state }) => state),
        ['done'],
      );
    });
  } finally {
    spawnSync('umount', ['--lazy', disk]);
  }
}

/** Colours that change slowly. */
function picture(height, width) {
  const rgb = Float32Array.from({ length: 3 * height * width }, (_, i) => 0.5 + 0.4 * Math.sin(i / 40));
  return { height, width, rgb };
}

try {
  slurm = await startSlurm();
  try {
    await studies();
  } finally {
    slurm.call('scancel', '--user=root');
    await slurm.stop();
  }
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  count.skipped.push(`all of them: ${error.message}`);
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
finish(RUN, 'Studies on a real Slurm', [count]);
process.exitCode = anyFailed([count]) ? 1 : 0;
