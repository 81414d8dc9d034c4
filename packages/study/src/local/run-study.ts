import { setTimeout as pause } from 'node:timers/promises';
import { formatDuration } from '@xinc/core/formats';
import type { Registry } from '@xinc/core/node';
import type { Progress, Work } from '@xinc/runs';
import { inStudy } from '../in-study.js';
import type { Study } from '../open-study.js';
import { checkSizes } from '../tasks/check-sizes.js';
import { removeFailure, writeFailure } from '../tasks/failure.js';
import { studyStatus, type TaskStatus, taskStatus } from '../tasks/status.js';
import type { Task } from '../tasks/tasks.js';
import { Remaining } from './remaining.js';
import { startTask, type TaskCommand, type TaskProcess } from './task-process.js';

/** How often a task is tried whose process ends without a word: killed, or out of memory. */
const ATTEMPTS = 3;
/** Milliseconds between looks at tasks that other processes do. */
const PATIENCE = 2000;

export interface LocalRun {
  /** Tasks done at once. */
  readonly jobs: number;
  /** How a process is started that does one task. */
  readonly command: TaskCommand;
  /** Does what failed, and nothing else; without it, what failed is left. */
  readonly retry?: boolean;
  /** Has the networks; where given, those that do not come in the size of their signal are refused before any task is begun. */
  readonly registry?: Registry;
}

/**
 * Does all tasks of a study on this machine, each in a process of its own, and waits for those that others do. It may be ended at any
 * moment, and called again: what is done stays, and what was begun goes on.
 * @returns how far each task is then
 * @throws XincError `io`, as `checkSizes`; what fails in a task is in its status
 */
export async function runStudy(study: Study, options: LocalRun, work: Work = {}): Promise<TaskStatus[]> {
  const { progress, abort } = work;
  const before = await studyStatus(study);
  const wanted = before.filter(({ state }) => (options.retry ? state === 'failed' : state !== 'failed'));
  const open = new Set(wanted.filter(({ state }) => state !== 'done').map(({ task }) => task));
  if (options.registry)
    await checkSizes(study, [...open], options.registry, { ...(abort && { abort }), word: inStudy });
  if (options.retry) for (const { task } of wanted) await removeFailure(study.folder, task);
  const total = open.size;
  const remaining = new Remaining(open, options.jobs);
  const attempts = new Map<Task, number>();
  /** Why tasks failed whose failure could not be written, as on a full disk. */
  const unwritten = new Map<Task, string>();
  const running = new Map<Task, TaskProcess>();
  if (total > 0) progress?.begin('Study', 'runs');
  const update = () => {
    if (total > 0) progress?.update(progressOf(total, open.size, running, remaining));
  };
  const close = (task: Task) => {
    if (open.delete(task)) remaining.close(task);
  };
  const finish = async (task: Task, outcome: Awaited<TaskProcess['ended']>): Promise<void> => {
    running.delete(task);
    const status = await taskStatus(study, task);
    if (abort?.aborted) return;
    if (status.state === 'done') {
      close(task);
      remaining.took(task, outcome.seconds);
      progress?.line(`${task.id}: done in ${formatDuration(outcome.seconds)}`);
    } else if (status.state === 'failed') {
      close(task);
      progress?.line(`${task.id}: failed: ${status.why}`);
    } else if (status.state === 'waiting') {
      const tried = (attempts.get(task) ?? 0) + 1;
      attempts.set(task, tried);
      if (tried < ATTEMPTS) return;
      close(task);
      const why = `${outcome.how}, ${tried} times in a row${outcome.words === '' ? '' : `; its last words: ${outcome.words}`}`;
      await writeFailure(study.folder, task, why).catch(() => unwritten.set(task, why));
      progress?.line(`${task.id}: failed: ${why}`);
    }
  };
  const stop = () => {
    for (const { stop } of running.values()) stop();
  };
  abort?.addEventListener('abort', stop);
  const ticking = setInterval(update, 500);
  try {
    while (!abort?.aborted && (open.size > 0 || running.size > 0)) {
      for (const task of open) {
        if (running.size >= options.jobs) break;
        if (running.has(task)) continue;
        const { state } = await taskStatus(study, task);
        if (abort?.aborted) break;
        if (state === 'done') close(task);
        else if (state !== 'running') running.set(task, startTask(options.command(task)));
      }
      update();
      const ends = [...running].map(([task, { ended }]) => ended.then((outcome) => ({ task, outcome })));
      const first = await raceWithPause(ends, open.size > running.size && running.size < options.jobs, abort);
      if (first) await finish(first.task, first.outcome);
    }
    for (const [task, { ended }] of running) await finish(task, await ended);
  } finally {
    clearInterval(ticking);
    abort?.removeEventListener('abort', stop);
    stop();
  }
  const after = await studyStatus(study);
  if (total > 0) tellEnd(progress, after, abort?.aborted ?? false);
  return after.map((status) => {
    const why = unwritten.get(status.task);
    return why === undefined || status.state === 'done' ? status : { task: status.task, state: 'failed', why };
  });
}

/**
 * What ends first.
 * @param pausing whether to wait for a moment only, since tasks of others may be free by then
 */
async function raceWithPause<T>(
  ends: readonly Promise<T>[],
  pausing: boolean,
  abort?: AbortSignal,
): Promise<T | undefined> {
  if (!pausing) return Promise.race(ends);
  const over = new AbortController();
  const signal = abort ? AbortSignal.any([over.signal, abort]) : over.signal;
  try {
    return await Promise.race([...ends, pause(PATIENCE, undefined, { signal }).catch(() => undefined)]);
  } finally {
    // A timer would keep the process.
    over.abort();
  }
}

function progressOf(
  total: number,
  open: number,
  running: ReadonlyMap<Task, TaskProcess>,
  remaining: Remaining,
): Parameters<Progress['update']>[0] {
  const parts = [...running].map(([{ id }, process]) => `${id} ${process.stage()}`.trim());
  const left = remaining.seconds(running);
  return { done: total - open, total, note: parts.join(', '), ...(left !== undefined && { left }) };
}

function tellEnd(progress: Progress | undefined, after: readonly TaskStatus[], stopped: boolean): void {
  const done = after.filter(({ state }) => state === 'done').length;
  const rest = stopped ? '; repeat the command to go on from there' : '';
  progress?.end(`Study: ${done} of ${after.length} runs are done${rest}`, stopped ? 'left-out' : 'done');
}
