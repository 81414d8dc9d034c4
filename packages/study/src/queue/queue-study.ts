import { counted } from '@xinc/core';
import type { Work } from '@xinc/runs';
import { STUDY_FILES } from '../files.js';
import type { Study } from '../open-study.js';
import { removeFailure } from '../tasks/failure.js';
import { studyStatus, type TaskStatus } from '../tasks/status.js';
import type { Task } from '../tasks/tasks.js';
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
    return (await queueOpen(study, queue, states, work)) + (await queueFailed(study, queue, states));
  } finally {
    await queue.close();
  }
}

/**
 * Queues what is not done, nor failed. What the queue takes for done nevertheless is told.
 * @param states as they were a while ago: what has ended since is left
 * @returns how many tasks were queued, or are in the queue
 */
export async function queueOpen(
  study: Study,
  queue: StudyQueue,
  states: readonly TaskStatus[],
  { progress }: Work,
): Promise<number> {
  const open = openOf(states);
  const { completed, givenUp } = await queue.over(open);
  // The study says that a task was given up once its dead letter is read. In this order, one that is read meanwhile is not missed.
  const unread = givenUp.length > 0 && (await queue.unread()) > 0;
  const lacking = await stillOpen(study, completed);
  const again = [...lacking, ...(unread ? [] : await stillOpen(study, givenUp))];
  await queue.forget(again);
  const left = new Set([...completed, ...givenUp]);
  for (const task of again) left.delete(task);
  const tasks = open.filter((task) => !left.has(task));
  await queue.add(tasks);
  if (lacking.length > 0) {
    const [are, they] = lacking.length === 1 ? ['is', 'it is'] : ['are', 'they are'];
    progress?.line(
      `${counted(lacking.length, 'run')} that the queue takes for done ${are} not in ${study.path}: ${they} queued again. If the folder is a copy of another study's, stop its workers and remove its ${STUDY_FILES.queue}: both have one queue`,
    );
  }
  return tasks.length;
}

/** What is neither done nor failed. */
function openOf(states: readonly TaskStatus[]): Task[] {
  return states.filter(({ state }) => state === 'waiting' || state === 'running').map(({ task }) => task);
}

/** Those of tasks that are neither done nor failed by now. */
async function stillOpen(study: Study, tasks: readonly Task[]): Promise<Task[]> {
  return tasks.length === 0 ? [] : openOf(await studyStatus(study, tasks));
}

/** Queues what failed, and forgets that it did. */
export async function queueFailed(study: Study, queue: StudyQueue, states: readonly TaskStatus[]): Promise<number> {
  const tasks = states.filter(({ state }) => state === 'failed').map(({ task }) => task);
  for (const task of tasks) await removeFailure(study.folder, task);
  await queue.forget(tasks);
  await queue.add(tasks);
  return tasks.length;
}
