import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isXincError } from '@xinc/core';
import { ioError } from '@xinc/core/node';
import { type LockHolder, lockHolder } from '@xinc/runs';
import { doneMark, STUDY_FILES } from '../files.js';
import { runPath, type Study } from '../open-study.js';
import { readFailure } from './failure.js';
import type { Task } from './tasks.js';

/** `waiting` is what nobody does: not begun, or begun by a process that is gone. */
export type TaskState = 'done' | 'running' | 'failed' | 'waiting';

export interface TaskStatus {
  readonly task: Task;
  readonly state: TaskState;
  /** Why it failed; of what waits, that a process which began it is gone. */
  readonly why?: string;
  /** Who does it. */
  readonly holder?: LockHolder;
}

/** Folders that are read at once. */
const AT_ONCE = 32;

/**
 * How far each task is, in their order, as its run's folder, its lock and its failure say: nothing is believed of a list. A run is
 * whole when it holds the mark that is written last; its other files are not looked at again.
 * @throws XincError `io`
 */
export async function studyStatus(study: Study, tasks: readonly Task[] = study.tasks): Promise<TaskStatus[]> {
  const [runs, locks, failures] = await Promise.all([
    namesIn(join(study.path, STUDY_FILES.runs)),
    namesIn(join(study.path, STUDY_FILES.locks)),
    namesIn(join(study.path, STUDY_FILES.failures)),
  ]);
  const states: TaskStatus[] = new Array(tasks.length);
  let next = 0;
  const readNext = async () => {
    while (next < tasks.length) {
      const i = next++;
      const { id } = tasks[i];
      const there = { run: runs.has(id), lock: locks.has(`${id}.lock`), failure: failures.has(`${id}.json`) };
      states[i] = await statusOf(study, tasks[i], there);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, readNext));
  return states;
}

/** How far one task is. @throws XincError `io` */
export async function taskStatus(study: Study, task: Task): Promise<TaskStatus> {
  return statusOf(study, task, { run: true, lock: true, failure: true });
}

/** @param there what may be there; what is not is not looked for */
async function statusOf(
  study: Study,
  task: Task,
  there: { readonly run: boolean; readonly lock: boolean; readonly failure: boolean },
): Promise<TaskStatus> {
  if (there.run && (await isMarked(study, task))) return { task, state: 'done' };
  const holder = there.lock ? await lockHolder(study.folder.at(STUDY_FILES.lock(task.id))) : undefined;
  if (holder?.atWork) return { task, state: 'running', holder };
  const why = there.failure ? await readFailure(study.folder, task) : undefined;
  if (why !== undefined) return { task, state: 'failed', why };
  return { task, state: 'waiting', ...(holder && { why: goneWithoutWord(holder) }) };
}

/** Whether the mark of a whole run is there. It is asked for by its name: to read what else is in its folder takes longer. */
async function isMarked(study: Study, task: Task): Promise<boolean> {
  const run = runPath(study, task);
  try {
    await lstat(join(run, doneMark(task.digest)));
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw ioError(error, run, 'read');
  }
}

/** A process that could say why it ended gives its lock back. */
function goneWithoutWord({ pid, host }: LockHolder): string {
  const where = host === undefined ? '' : ` on ${host}`;
  return `process ${pid}${where}, which began it, ended without a word: it was killed, perhaps for its memory`;
}

/** What is in a folder; nothing where there is none. @throws XincError `io` */
async function namesIn(path: string): Promise<ReadonlySet<string>> {
  try {
    return new Set(await readdir(path));
  } catch (error) {
    const refused = ioError(error, path, 'read');
    if (isXincError(refused, 'not-found')) return new Set();
    throw refused;
  }
}

/** How many tasks there are of each state. */
export function countStates(states: readonly TaskStatus[]): Record<TaskState | 'total', number> {
  const counts = { total: states.length, done: 0, running: 0, failed: 0, waiting: 0 };
  for (const { state } of states) counts[state]++;
  return counts;
}
