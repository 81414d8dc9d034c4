import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { doneMark, STUDY_FILES } from '../src/files.js';
import { openStudy, runPath, type Study } from '../src/open-study.js';
import type { ScriptWord } from '../src/slurm/batch-script.js';
import { planSlurm, submitPlan } from '../src/slurm/submit-study.js';
import { writeFailure } from '../src/tasks/failure.js';
import { smallStudy } from './small-study.js';

/** Notes in the file $CALLS how it was called, a line each, and says 101, 102, …; it refuses the call whose number is in $REFUSE. */
const SBATCH = [
  `printf '%s\\037' "\${SLURM_CPUS_PER_TASK-}" "$@" >> "$CALLS"`,
  'echo >> "$CALLS"',
  'number=$(($(wc -l < "$CALLS")))',
  'if [ "$number" = "$REFUSE" ]; then',
  '  echo "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy" >&2',
  '  exit 1',
  'fi',
  'if [ "$number" = 1 ]; then echo "sbatch: warning: the partition is drained" >&2; fi',
  'if [ "$number" = 2 ]; then echo "102;cluster"; else echo "$((100 + number))"; fi',
];

const COMMANDS: { task: ScriptWord[]; report: ScriptWord[] } = {
  task: ['do', { variable: 'place' }],
  report: ['tell', "it's whole"],
};

interface Call {
  readonly args: string[];
  /** What it was told of the job that it was called in. */
  readonly cpus: string;
}

/** Commands of a Slurm that runs nothing, the first on PATH. */
async function fakeSlurm({ maxArraySize }: { maxArraySize?: number } = {}): Promise<() => Promise<Call[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'xinc-sbatch-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  onTestFinished(() => void vi.unstubAllEnvs());
  const calls = join(folder, 'calls');
  const command = (name: string, ...lines: string[]) =>
    writeFile(join(folder, name), ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
  await command('sbatch', ...SBATCH);
  await command('scontrol', maxArraySize === undefined ? 'exit 1' : `echo 'MaxArraySize            = ${maxArraySize}'`);
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`);
  vi.stubEnv('CALLS', calls);
  return async () => {
    const noted = (await readFile(calls, 'utf8').catch(() => '')).split('\n').filter(Boolean);
    await rm(calls, { force: true });
    return noted.map((line) => {
      const [cpus, ...args] = line.split('\u001f').slice(0, -1);
      return { cpus, args };
    });
  };
}

/** Seven tasks: the first is done, the second failed, the third is being done. */
async function begunStudy(): Promise<Study> {
  const study = await smallStudy(7);
  const [done, failed, running] = study.tasks;
  await mkdir(runPath(study, done), { recursive: true });
  await writeFile(join(runPath(study, done), doneMark(done.digest)), '');
  await writeFailure(study.folder, failed, 'the disk was full');
  await mkdir(join(study.path, 'locks'));
  const owner = JSON.stringify({ pid: process.ppid, host: hostname() });
  await writeFile(study.folder.at(STUDY_FILES.lock(running.id)), owner);
  return study;
}

// Slurm runs on Linux; its commands here are scripts of a shell.
describe.skipIf(process.platform === 'win32')('a study that is submitted to Slurm', () => {
  test('is what is not done, as arrays of places, of which no more tasks run than are wished, and the report after them', async () => {
    const calls = await fakeSlurm();
    const study = await begunStudy();
    vi.stubEnv('SLURM_CPUS_PER_TASK', '16');
    const plan = await planSlurm(study, { ...COMMANDS, jobs: 2, arraySize: 4, options: ['--time=10'] });
    expect(await readdir(study.path)).not.toContain('slurm');
    const told: string[] = [];
    const progress = { begin() {}, update() {}, end() {}, line: (text: string) => void told.push(text) };
    expect(await submitPlan(study, plan, { progress })).toEqual({ arrays: ['101', '102', '103'], report: '104' });
    const words = (log: string, ...more: string[]) => [
      '--parsable',
      `--output=${study.path}/logs/${log}`,
      '--time=10',
      ...more,
    ];
    const task = join(study.path, 'slurm', 'task.sh');
    const made = await calls();
    expect(made.map(({ args }) => args)).toEqual([
      words('%A_%a.log', '--array=2%2', task),
      words('%A_%a.log', '--array=1-3%2', '--dependency=afterany:101', task, '3'),
      words('%A_%a.log', '--array=1%2', '--dependency=afterany:102', task, '6'),
      words('%j-report.log', '--dependency=afterany:103', join(study.path, 'slurm', 'report.sh')),
    ]);
    // Jobs would inherit it.
    expect(made.map(({ cpus }) => cpus)).toEqual(['', '', '', '']);
    expect(told).toEqual(['sbatch: warning: the partition is drained']);
    expect(await readdir(study.path)).toEqual(expect.arrayContaining(['logs', 'slurm']));

    // As a script it submits the same.
    execFileSync('bash', ['-c', plan.asShell], { stdio: 'pipe' });
    expect((await calls()).map(({ args }) => args)).toEqual(made.map(({ args }) => args));
  });

  test('has arrays as large as the cluster says, and all at once where no number of tasks is wished', async () => {
    const calls = await fakeSlurm({ maxArraySize: 4 });
    const study = await begunStudy();
    await submitPlan(study, await planSlurm(study, COMMANDS));
    const made = (await calls()).map(({ args }) => args.filter((word) => /^--(array|dependency)/.test(word)));
    expect(made).toEqual([['--array=2'], ['--array=1-3'], ['--array=1'], ['--dependency=afterany:101:102:103']]);
    await fakeSlurm();
    expect((await planSlurm(study, COMMANDS)).arrays).toEqual([{ offset: 0, indices: '2,4-7', count: 5 }]);
  });

  test('runs the command of a task with its place and the processors of its job, whatever its folder is called', async () => {
    const calls = await fakeSlurm();
    const plain = await smallStudy(7);
    const path = join(await realpath(plain.path), '..', `it's 50% of "$HOME" ${process.pid}`);
    await rename(plain.path, path);
    onTestFinished(() => rm(path, { recursive: true, force: true }));
    const study = await openStudy(path);
    const print = 'console.log(JSON.stringify(process.argv.slice(1)))';
    const task: ScriptWord[] = [process.execPath, '-e', print, path, { variable: 'place' }, { variable: 'threads' }];
    const plan = await planSlurm(study, { ...COMMANDS, task });
    await submitPlan(study, plan);
    const [{ args }] = await calls();
    expect(args).toContain(`--output=${path.replace('%', '%%')}/logs/%A_%a.log`);
    const run = (offset: string[], env: Record<string, string>) =>
      execFileSync('bash', [args.at(-1)!, ...offset], { env: { PATH: process.env.PATH, ...env }, encoding: 'utf8' });
    const [head, said] = run([], { SLURM_ARRAY_TASK_ID: '3', SLURM_JOB_ID: '77' }).split('\n');
    expect(head).toMatch(/^task 3, job 77, start 0, /);
    expect(JSON.parse(said)).toEqual([path, '3', '1']);
    const later = run(['1000'], { SLURM_ARRAY_TASK_ID: '3', SLURM_JOB_ID: '77', SLURM_CPUS_PER_TASK: '4' });
    expect(JSON.parse(later.split('\n')[1])).toEqual([path, '1003', '4']);
    expect(plan.scripts['slurm/report.sh']).toMatch(/^exec tell 'it'\\''s whole'$/m);
  });

  test('goes on after its node failed, keeps its log, and is told before its time is over', async () => {
    const study = await smallStudy(2);
    const { scripts } = await planSlurm(study, { ...COMMANDS, threads: 4, arraySize: 1001 });
    const options = scripts['slurm/task.sh'].split('\n').filter((line) => line.startsWith('#SBATCH'));
    expect(options).toEqual([
      expect.stringMatching(/^#SBATCH --job-name=xinc-xinc-study-/),
      '#SBATCH --cpus-per-task=4',
      '#SBATCH --requeue',
      '#SBATCH --open-mode=append',
      '#SBATCH --signal=B:TERM@60',
    ]);
  });

  test('has no jobs where nothing is left to be done', async () => {
    const study = await smallStudy(1);
    await mkdir(runPath(study, study.tasks[0]), { recursive: true });
    await writeFile(join(runPath(study, study.tasks[0]), doneMark(study.tasks[0].digest)), '');
    const { arrays, counts, submissions } = await planSlurm(study, COMMANDS);
    expect({ arrays, submissions, done: counts.done }).toEqual({ arrays: [], submissions: [], done: 1 });
  });

  test('says what is missing where there is no sbatch, and what sbatch says where it refuses', async () => {
    const study = await smallStudy(3);
    const plan = await planSlurm(study, { ...COMMANDS, arraySize: 2 });
    vi.stubEnv('PATH', study.path);
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(submitPlan(study, plan)).rejects.toMatchObject({
      code: 'not-found',
      message:
        "There is no sbatch on this machine. Repeat this where Slurm's commands are on PATH, as on a login node of the cluster.",
    });
    vi.unstubAllEnvs();
    await fakeSlurm();
    vi.stubEnv('REFUSE', '1');
    const refusal =
      'sbatch submitted nothing: sbatch: error: Batch job submission failed: Job violates accounting/QOS policy';
    await expect(submitPlan(study, plan)).rejects.toMatchObject({ code: 'io', message: refusal });
    vi.stubEnv('REFUSE', '4');
    await expect(submitPlan(study, plan)).rejects.toThrow(
      `${refusal}. Submitted before: jobs 102, 103, which do their tasks; scancel takes them back.`,
    );
  });

  test('takes no size of arrays that hold no task', async () => {
    const study = await smallStudy(1);
    for (const arraySize of [1, 0, 2.5, Number.NaN]) {
      await expect(planSlurm(study, { ...COMMANDS, arraySize })).rejects.toMatchObject({
        code: 'invalid-option',
        message: `\`arraySize: ${arraySize}\`: expected a whole number of at least 2`,
      });
    }
  });

  test('takes no option of sbatch that it sets itself', async () => {
    const study = await smallStudy(1);
    for (const option of ['--array=1-3', '-a1', '--wrap', '--parsable']) {
      await expect(planSlurm(study, { ...COMMANDS, options: ['--mem=4G', option] })).rejects.toThrow(
        `sbatch's option ${option} cannot be given: the study sets it. Leave it out; \`jobs\` says how many tasks run at a time.`,
      );
    }
  });
});
