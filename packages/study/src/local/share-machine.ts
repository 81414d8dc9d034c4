import { availableParallelism, totalmem } from 'node:os';

/** Bytes that a task is given, about: the analyses of the default NeRV take half a gigabyte, and its training as much. */
const MEMORY = 1.5 * 2 ** 30;
/** Threads for which one task at a time is enough. */
const THREADS = 2;

/** How many tasks this machine does at once, and with how many threads each. */
export interface Shares {
  readonly jobs: number;
  /** Threads of each task. */
  readonly threads: number;
}

/**
 * Shares a machine out, so that tasks done at once have no more threads together than it has processors.
 * @param jobs as many as its processors and memory allow at two threads each, unless given
 */
export function shareMachine(
  jobs?: number,
  processors: number = availableParallelism(),
  memory: number = totalmem(),
): Shares {
  const chosen = jobs ?? Math.max(1, Math.min(Math.floor(processors / THREADS), Math.floor(memory / MEMORY)));
  return { jobs: chosen, threads: Math.max(1, Math.floor(processors / chosen)) };
}
