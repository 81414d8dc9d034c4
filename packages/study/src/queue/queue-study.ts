import { counted } from '@xinc/core';
import type { Work } from '@xinc/runs';
import { STUDY_FILES } from '../files.js';
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
    return (await queueOpen(study, queue, states, work)) + (await queueFailed(study, queue, states));
  } finally {
    await queue.close();
  }
}

/** Queues what is not done, nor failed. What the queue takes for done nevertheless is told. */
export async function queueOpen(
  study: Study,
  queue: StudyQueue,
  states: readonly TaskStatus[],
  { progress }: Work,
): Promise<number> {
  const tasks = states.filter(({ state }) => state === 'waiting' || state === 'running').map(({ task }) => task);
  const done = await queue.add(tasks);
  if (done > 0) {
    const [are, they] = done === 1 ? ['is', 'it is'] : ['are', 'they are'];
    progress?.line(
      `${counted(done, 'run')} that the queue takes for done ${are} not in ${study.path}: ${they} queued again. If the folder is a copy of another study's, stop its workers and remove its ${STUDY_FILES.queue}: both have one queue`,
    );
  }
  return tasks.length;
}

/** Queues what failed, and forgets that it did. */
export async function queueFailed(study: Study, queue: StudyQueue, states: readonly TaskStatus[]): Promise<number> {
  const tasks = states.filter(({ state }) => state === 'failed').map(({ task }) => task);
  for (const task of tasks) await removeFailure(study.folder, task);
  await queue.add(tasks);
  return tasks.length;
}
