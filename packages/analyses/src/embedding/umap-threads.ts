import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { Tasks } from './umap-thread.js';

type Task<N extends keyof Tasks> = Omit<Parameters<Tasks[N]>[0], 'progress'>;

/** Threads that embed vectors. */
export interface UmapThreads {
  readonly count: number;
  /**
   * Does a task as soon as one of the threads is free; tasks begin in the order in which they are given.
   * @param onProgress told the share of the task that is done, 0 … 1
   */
  run<N extends keyof Tasks>(
    name: N,
    task: Task<N>,
    onProgress?: (share: number) => void,
  ): Promise<Awaited<ReturnType<Tasks[N]>>>;
  /** Ends all threads; tasks that are not done fail. */
  end(): Promise<void>;
}

/**
 * @param abort ends the threads of tasks that are not done, which fail
 * @param file umap-thread.ts as built
 */
export function startThreads(
  count: number,
  abort?: AbortSignal,
  file = new URL('./umap-thread.js', import.meta.url),
): UmapThreads {
  const pool = new Piscina({
    filename: file.href,
    minThreads: 0,
    maxThreads: count,
    // Threads stay until `end`: one that ended between two tasks of an embedding would be started anew.
    idleTimeout: Number.POSITIVE_INFINITY,
    execArgv: [],
  });
  return {
    count,
    async run(name, task, onProgress) {
      const { port1, port2 } = new MessageChannel();
      port1.on('message', (share: number) => onProgress?.(share));
      try {
        return await pool.run(
          { ...task, progress: port2 },
          { name, transferList: [port2], ...(abort && { signal: abort }) },
        );
      } finally {
        port1.close();
      }
    },
    end: () => pool.destroy(),
  };
}
