import { counted, XincError } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import {
  countStates,
  doTask,
  findTask,
  openStudy,
  runPath,
  runStudy,
  type Study,
  shareMachine,
  type Task,
  taskConnection,
} from '@xinc/study';
import type { CommandContext } from '../../context.js';
import { parseWhole } from '../../settings.js';
import { checkEngineChoice, type EngineChoice, startEngine } from '../../workflow/engine.js';
import { loadPlugins } from '../../workflow/plugins.js';
import { workOf } from '../../workflow/work.js';
import { engineWords, programWords } from './program-words.js';
import { describeStatus } from './status.js';

export interface StudyRunOptions extends EngineChoice {
  readonly jobs?: string;
  readonly task?: string;
  readonly retry?: boolean;
}

/** Does the tasks of a study, or one of them. */
export async function studyRunCommand(path: string, options: StudyRunOptions, context: CommandContext): Promise<void> {
  const study = await openStudy(path);
  const { task, jobs, retry } = options;
  if (task !== undefined) {
    for (const [option, value] of [
      ['--jobs', jobs],
      ['--retry', retry],
    ]) {
      if (value === undefined) continue;
      throw new XincError('usage', `${option} is for all tasks of a study, and --task does one`, {
        subject: String(option),
      });
    }
    return runTask(study, findTask(study.tasks, task), options, context);
  }
  const registry = await loadPlugins(context);
  checkEngineChoice(registry, options);
  const { jobs: atOnce, threads } = shareOut(options, context);
  const states = await runStudy(
    study,
    {
      jobs: atOnce,
      registry,
      command: ({ id }) => taskCommand(path, id, { ...options, threads }, context),
      ...(retry && { retry }),
    },
    workOf(context),
  );
  if (context.abort.aborted) throw new XincError('cancelled', 'Cancelled');
  const tasks = states.map(({ task, state, why = null }) => ({ id: task.id, state, run: runPath(study, task), why }));
  const counts = countStates(states);
  context.result({ ...counts, tasks }, describeStatus(path, states, context));
  if (counts.failed > 0) process.exitCode = 1;
}

/** How many tasks are done at once, with how many threads each, and says so. */
export function shareOut(
  { jobs, threads: given }: { readonly jobs?: string; readonly threads?: string },
  { display }: CommandContext,
): { readonly jobs: number; readonly threads: string } {
  const shares = shareMachine(jobs === undefined ? undefined : parseWhole(jobs, '--jobs', 1, 1024));
  const threads = given ?? String(shares.threads);
  display.line(`${counted(shares.jobs, 'run')} at a time, ${counted(Number(threads), 'thread')} each`);
  return { jobs: shares.jobs, threads };
}

/** This program, doing one task. */
export function taskCommand(
  path: string,
  id: string,
  { threads, ...engine }: EngineChoice,
  { options }: CommandContext,
): [string, ...string[]] {
  return [
    ...programWords(['study', 'run', path, '--task', id], options),
    ...engineWords(engine),
    ...(threads === undefined ? [] : ['--threads', threads]),
    '--quiet',
  ];
}

/** One task: what `study run` starts for each, and what may be called by whatever else distributes work. */
async function runTask(study: Study, task: Task, options: StudyRunOptions, context: CommandContext): Promise<void> {
  const connection = taskConnection();
  try {
    const registry: Registry = await loadPlugins(context);
    const abort = connection ? AbortSignal.any([context.abort, connection.abort]) : context.abort;
    const { threads } = options;
    checkEngineChoice(registry, options);
    const here = await doTask(
      study,
      task,
      { registry, startEngine: () => startEngine(registry, options, context) },
      {
        ...workOf(context),
        abort,
        ...(connection && { progress: connection.progress }),
        ...(threads !== undefined && { threads: Number(threads) }),
      },
    );
    const run = runPath(study, task);
    context.result({ task: task.id, state: 'done', run }, here ? run : `${run}: it was done`);
  } finally {
    connection?.close();
  }
}
