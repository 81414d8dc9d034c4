import type { Work } from '@xinc/runs';
import type { Study } from '../open-study.js';
import { removeFailure } from '../tasks/failure.js';
import { studyStatus, type TaskStatus } from '../tasks/status.js';
import { parseQueueAddress } from './address.js';
import { keepDeadLetters } from './dead-letters.js';
import { StudyQueue } from './study-queue.js';

/**
 * Queues what of a study is not done, what failed too, for whoever works for its queue. Calling it again queues nothing twice.
 * @param address where the queue is: `postgres://…`
 * @returns how many tasks were queued, or are in the queue
 * @throws XincError `invalid-option`, `io`
 */
export async function queueStudy(study: Study, address: string, work: Work = {}): Promise<number> {
  const queue = await StudyQueue.open(study, parseQueueAddress(address), work);
  try {
    await keepDeadLetters(study, queue, async ({ task, digest }) =>
      study.tasks.find((one) => one.id === task && one.digest === digest),
    );
    const states = await studyStatus(study);
    return (await queueOpen(queue, states, 'failed')) + (await queueFailed(study, queue, states));
  } finally {
    await queue.close();
  }
}

/** Queues what is not done, nor failed. @param again as `StudyQueue.add` takes it */
export async function queueOpen(
  queue: StudyQueue,
  states: readonly TaskStatus[],
  again: 'done' | 'failed',
): Promise<number> {
  const tasks = states.filter(({ state }) => state === 'waiting' || state === 'running').map(({ task }) => task);
  await queue.add(tasks, again);
  return tasks.length;
}

/** Queues what failed, and forgets that it did. */
export async function queueFailed(study: Study, queue: StudyQueue, states: readonly TaskStatus[]): Promise<number> {
  const tasks = states.filter(({ state }) => state === 'failed').map(({ task }) => task);
  for (const task of tasks) await removeFailure(study.folder, task);
  await queue.add(tasks, 'failed');
  return tasks.length;
}
