import { resolve } from 'node:path';
import { XincError } from '@xinc/core';
import { openStudy, planSlurm, type SlurmPlan, submitPlan } from '@xinc/study';
import type { CommandContext } from '../../context.js';
import { parseWhole } from '../../settings.js';
import { nextCommand } from '../../terminal/next-command.js';
import { checkEngineChoice, type EngineChoice } from '../../workflow/engine.js';
import { loadPlugins } from '../../workflow/plugins.js';
import { workOf } from '../../workflow/work.js';
import { engineWords, programWords } from './program-words.js';
import { submitToQueue } from './queue.js';

export interface StudySubmitOptions extends EngineChoice {
  /** Whether the engine was named, and is not the one that there is by default. */
  readonly engineGiven: boolean;
  readonly slurm?: boolean;
  readonly queue?: string | true;
  readonly jobs?: string;
  readonly arraySize?: string;
  readonly dryRun?: boolean;
}

/** Submits what is not done of a study to a cluster, or to a queue. */
export async function studySubmitCommand(
  path: string,
  sbatch: readonly string[],
  options: StudySubmitOptions,
  context: CommandContext,
): Promise<void> {
  const { slurm, queue, jobs, arraySize, dryRun, engine, device, threads } = options;
  if ((slurm === undefined) === (queue === undefined)) {
    throw new XincError('usage', `xinc study submit: where to is ${slurm ? 'said twice' : 'not said'}`, {
      hint: 'Give --slurm to submit to Slurm, or --queue for workers of a queue; xinc study run makes the runs on this machine.',
    });
  }
  if (queue !== undefined) {
    const given = {
      '--jobs': jobs,
      '--array-size': arraySize,
      '--dry-run': dryRun,
      '--engine': options.engineGiven ? engine : undefined,
      '--device': device,
      '--threads': threads,
      '--': sbatch[0],
    };
    const [foreign] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
    if (foreign === undefined) return submitToQueue(path, queue, context);
    throw new XincError('usage', `${foreign} is for --slurm: workers of a queue say how they make runs`, {
      subject: foreign,
    });
  }
  checkEngineChoice(await loadPlugins(context), options);
  const study = await openStudy(path);
  const folder = resolve(path);
  const plan = await planSlurm(study, {
    task: [
      ...programWords(['study', 'run', folder], context.options),
      ...engineWords(options),
      ...['--task', { variable: 'place' } as const, '--threads', { variable: 'threads' } as const],
    ],
    report: programWords(['study', 'report', folder], context.options),
    options: sbatch,
    ...(jobs !== undefined && { jobs: parseWhole(jobs, '--jobs', 1) }),
    ...(threads !== undefined && { threads: Number(threads) }),
    ...(arraySize !== undefined && { arraySize: parseWhole(arraySize, '--array-size', 2) }),
  });
  const tasks = plan.counts.failed + plan.counts.waiting;
  const { running, done, total } = plan.counts;
  const left = running > 0 ? `; ${running} are being done, and left to who does them` : '';
  if (tasks === 0) {
    const value = { study: path, tasks, arrays: [], report: null };
    return context.result(value, `Nothing to submit: ${done} of ${total} runs are done${left}`);
  }
  const cap = jobs === undefined ? '' : `, ${jobs} at a time`;
  const what = `${tasks} of ${total} runs${cap}${left}`;
  if (dryRun) {
    const texts = Object.entries(plan.scripts).map(([name, text]) => `# ${resolve(folder, name)}\n${text}`);
    const value = { study: path, tasks, scripts: plan.scripts, submit: plan.asShell };
    return context.result(value, [...texts, `# ${what}\n${plan.asShell}`].join('\n'));
  }
  const submitted = await submitPlan(study, plan, workOf(context));
  const arrays = plan.arrays.map(({ offset, count }, i) => ({ job: submitted.arrays[i], offset, tasks: count }));
  context.result(
    { study: path, tasks, arrays, report: submitted.report },
    [
      `Submitted: ${what}: ${describeArrays(plan, submitted.arrays)}; then the report, job ${submitted.report}`,
      `How far it is: ${nextCommand(['study', 'status', path], context.options)}; what jobs print: ${resolve(folder, 'logs')}`,
    ].join('\n'),
  );
}

function describeArrays({ arrays }: SlurmPlan, jobs: readonly string[]): string {
  if (jobs.length === 1) return `job array ${jobs[0]}`;
  const some = jobs.length > 4 ? [...jobs.slice(0, 3), '…', jobs.at(-1)] : jobs;
  return `${arrays.length} job arrays (${some.join(', ')})`;
}
