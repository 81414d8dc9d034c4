import type { Task } from '../tasks/tasks.js';
import type { TaskProcess } from './task-process.js';

/** Tasks of a network: how many are open, and what those that were done took. */
interface OfNetwork {
  open: number;
  done: number;
  seconds: number;
}

/** Estimates how long the rest of a study takes: a task as long as those of its network took so far. */
export class Remaining {
  readonly #jobs: number;
  readonly #networks = new Map<string, OfNetwork>();
  #open = 0;

  /**
   * @param open what is to be done
   * @param jobs done at once
   */
  constructor(open: Iterable<Task>, jobs: number) {
    this.#jobs = jobs;
    for (const task of open) {
      this.#of(task).open++;
      this.#open++;
    }
  }

  /** Of an open task that is to be done no more: done by somebody, or failed. */
  close(task: Task): void {
    this.#of(task).open--;
    this.#open--;
  }

  /** What a task that was done here took. */
  took(task: Task, seconds: number): void {
    const of = this.#of(task);
    of.seconds += seconds;
    of.done++;
  }

  /**
   * Seconds that are left; `undefined` until a task of every network that is left was done.
   * @param running open tasks
   */
  seconds(running: ReadonlyMap<Task, Pick<TaskProcess, 'seconds'>>): number | undefined {
    let work = 0;
    for (const { open, done, seconds } of this.#networks.values()) {
      if (open > 0 && done === 0) return undefined;
      if (open > 0) work += (open * seconds) / done;
    }
    for (const [task, process] of running) {
      const { done, seconds } = this.#of(task);
      work -= Math.min(seconds / done, process.seconds());
    }
    return work / Math.min(this.#jobs, Math.max(1, this.#open));
  }

  #of({ network }: Task): OfNetwork {
    const there = this.#networks.get(network.name);
    if (there) return there;
    const made = { open: 0, done: 0, seconds: 0 };
    this.#networks.set(network.name, made);
    return made;
  }
}
