import type { Task } from '../tasks/tasks.js';
import type { TaskProcess } from './task-process.js';

/** Estimates how long the rest of a study takes: a task as long as those of its network took so far. */
export class Remaining {
  readonly #open: Set<Task>;
  readonly #jobs: number;
  /** Seconds and number of tasks done, by network. */
  readonly #done = new Map<string, { seconds: number; count: number }>();

  /**
   * @param open what is to be done; it gets smaller while that is
   * @param jobs done at once
   */
  constructor(open: Set<Task>, jobs: number) {
    this.#open = open;
    this.#jobs = jobs;
  }

  finished({ network }: Task, seconds: number): void {
    const { seconds: before, count } = this.#done.get(network.name) ?? { seconds: 0, count: 0 };
    this.#done.set(network.name, { seconds: before + seconds, count: count + 1 });
  }

  /** Seconds that are left; `undefined` until a task of every network that is left was done. */
  seconds(running: ReadonlyMap<Task, Pick<TaskProcess, 'seconds'>>): number | undefined {
    let work = 0;
    for (const task of this.#open) {
      const done = this.#done.get(task.network.name);
      if (!done) return undefined;
      work += Math.max(0, done.seconds / done.count - (running.get(task)?.seconds() ?? 0));
    }
    return work / Math.min(this.#jobs, Math.max(1, this.#open.size));
  }
}
