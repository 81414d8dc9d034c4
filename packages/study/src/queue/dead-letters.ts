import type { Study } from '../open-study.js';
import { readFailure, writeFailure } from '../tasks/failure.js';
import { taskStatus } from '../tasks/status.js';
import type { Task } from '../tasks/tasks.js';
import type { DeadLetter, StudyQueue } from './study-queue.js';

/** Letters that are read at once. */
const AT_ONCE = 100;

/**
 * Keeps in the study why its queue gave tasks up: of those whose workers vanished nobody else could.
 * @param find the task of a letter; none where the study does not ask for it any more
 * @returns why tasks failed, by their ids, where that could not be written, as on a full disk
 */
export async function keepDeadLetters(
  study: Study,
  queue: Pick<StudyQueue, 'takeDeadLetters' | 'discard'>,
  find: (letter: DeadLetter) => Promise<Task | undefined>,
): Promise<ReadonlyMap<string, string>> {
  const unwritten = new Map<string, string>();
  for (;;) {
    const letters = await queue.takeDeadLetters(AT_ONCE);
    for (const letter of letters) {
      const task = await find(letter);
      if (task !== undefined && !(await isKnown(study, task, letter.why))) {
        await writeFailure(study.folder, task, letter.why).catch(() => unwritten.set(task.id, letter.why));
      }
      await queue.discard(letter);
    }
    if (letters.length < AT_ONCE) return unwritten;
  }
}

/** Whether the study says so, or better: somebody else does the task by now, or did. */
async function isKnown(study: Study, task: Task, why: string): Promise<boolean> {
  const { state } = await taskStatus(study, task);
  return state === 'done' || state === 'running' || (await readFailure(study.folder, task)) === why;
}
