import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStudy, runPath, runStudy, studyStatus } from '../dist/index.js';

/*
 * What the status of 10,000 tasks takes, and what the study itself takes of each task, from tasks that do nothing but leave the mark
 * of one that is done. Those are a shell's, or where there is none, Node's, and fewer.
 */
const TASKS = 10_000;
const PROCESSES = 2000;
const JOBS = 2;
const SHELL = process.platform !== 'win32';

const folder = mkdtempSync(join(tmpdir(), 'xinc-bench-'));

/** A study of so many tasks: signals × 2 networks × 50 seeds. */
async function made(name, tasks) {
  const path = join(folder, name);
  mkdirSync(path);
  const signals = Array.from({ length: tasks / 100 }, (_, i) => `  - { name: clip${i}, path: clip${i}.png }`);
  const networks = ['ffn', 'nerv'].map((model) => `  - { name: ${model}, model: ${model} }`);
  const seeds = Array.from({ length: 50 }, (_, i) => i);
  const text = ['schema: 1', 'signals:', ...signals, 'networks:', ...networks, `seeds: [${seeds}]`, ''];
  writeFileSync(join(path, 'study.yaml'), text.join('\n'));
  return openStudy(path);
}

/** Seconds, and of them those of this process's own work. */
async function timed(work) {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
}

const shown = ({ seconds, cpu }) => `${seconds.toFixed(2)} s, ${cpu.toFixed(2)} s of the processor`;

async function status() {
  const study = await made('status', TASKS);
  console.log(`opening a study of ${TASKS} tasks: ${shown(await timed(() => openStudy(study.path)))}`);
  console.log(`status, none begun: ${shown(await timed(() => studyStatus(study)))}`);
  mkdirSync(join(study.path, 'failures'));
  for (const [i, task] of study.tasks.entries()) {
    if (i % 20 === 1) {
      const why = JSON.stringify({ digest: task.digest, why: 'it does not exist', host: 'here', when: '' });
      writeFileSync(join(study.path, 'failures', `${task.id}.json`), why);
    } else finishTask(study, task);
  }
  console.log(`status, one of twenty failed, the others done: ${shown(await timed(() => studyStatus(study)))}`);
}

function finishTask(study, task) {
  const run = runPath(study, task);
  mkdirSync(join(run, 'analysis'), { recursive: true });
  for (const name of ['run.json', 'weights.safetensors', 'report.html']) writeFileSync(join(run, name), '');
  writeFileSync(join(run, `task-${task.digest}.json`), '');
}

/** A process that does nothing, and leaves the mark. */
const commandOf = (study) => (task) => {
  const run = runPath(study, task);
  const mark = join(run, `task-${task.digest}.json`);
  if (SHELL) return ['sh', '-c', 'mkdir -p "$1" && : > "$2"', 'sh', run, mark];
  const program = `fs.mkdirSync(${JSON.stringify(run)}, { recursive: true }); fs.writeFileSync(${JSON.stringify(mark)}, '')`;
  return [process.execPath, '-e', program];
};

/** The same processes as `runStudy` starts, and nothing else. */
async function byHand(study) {
  const command = commandOf(study);
  const left = [...study.tasks];
  const work = async () => {
    for (let task = left.shift(); task; task = left.shift()) {
      const [program, ...args] = command(task);
      await new Promise((resolve) => spawn(program, args, { stdio: 'ignore' }).once('exit', resolve));
    }
  };
  await Promise.all(Array.from({ length: JOBS }, work));
}

async function localTasks() {
  const tasks = SHELL ? PROCESSES : 300;
  const [alone, together] = [await made('by-hand', tasks), await made('run', tasks)];
  const hand = await timed(() => byHand(alone));
  const run = await timed(() => runStudy(together, { jobs: JOBS, command: commandOf(together) }));
  const more = (1000 * (run.cpu - hand.cpu)) / tasks;
  console.log(`${tasks} processes that do nothing, ${JOBS} at a time: ${shown(hand)}`);
  console.log(
    `as tasks of a study: ${shown(run)}; ${(tasks / run.seconds).toFixed(0)} tasks a second, ${more.toFixed(2)} ms of the processor more for each`,
  );
}

try {
  await status();
  await localTasks();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
