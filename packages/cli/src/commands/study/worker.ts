import { XincError } from '@xinc/core';
import { countStates, openStudy, runPath, workQueue } from '@xinc/study';
import type { CommandContext } from '../../context.js';
import { checkEngineChoice, type EngineChoice } from '../../workflow/engine.js';
import { loadPlugins } from '../../workflow/plugins.js';
import { workOf } from '../../workflow/work.js';
import { queueOf } from './queue.js';
import { shareOut, taskCommand } from './run.js';
import { describeStatus } from './status.js';

export interface StudyWorkerOptions extends EngineChoice {
  readonly queue?: string;
  readonly jobs?: string;
  readonly retry?: boolean;
  readonly wait?: boolean;
}

/** Does tasks of a study that its queue gives out. */
export async function studyWorkerCommand(
  path: string,
  options: StudyWorkerOptions,
  context: CommandContext,
): Promise<void> {
  const study = await openStudy(path);
  const queue = queueOf(options.queue);
  checkEngineChoice(await loadPlugins(context), options);
  const { jobs, threads } = shareOut(options, context);
  const { retry, wait } = options;
  const states = await workQueue(
    study,
    {
      queue,
      jobs,
      command: ({ id }) => taskCommand(path, id, { ...options, threads }, context),
      ...(retry && { retry }),
      ...(wait && { wait }),
    },
    workOf(context),
  );
  if (context.abort.aborted) throw new XincError('cancelled', 'Cancelled');
  const tasks = states.map(({ task, state, why = null }) => ({ id: task.id, state, run: runPath(study, task), why }));
  const counts = countStates(states);
  context.result({ ...counts, tasks }, describeStatus(path, states, context));
  // What a worker leaves undone without having been stopped is a failure of its own.
  if (counts.done < counts.total) process.exitCode = 1;
}
