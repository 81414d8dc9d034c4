import { Piscina } from 'piscina';
import type { Tasks } from './figure-thread.js';
import { ensureFonts } from './fonts.js';

/** Milliseconds that the thread stays for another figure. */
const PATIENCE = 10_000;
/** Figures drawn at once: one becomes a PNG, by threads of libvips, while the next is drawn. */
const AT_ONCE = 2;

let pool: Piscina | undefined;

/**
 * Runs a task in the thread that draws pictures made of maps, in which the caller's event loop stays free. The thread comes with the
 * first figure and goes when there is none for a while. What it draws has been measured: charts, which are programs, are drawn in a
 * process of their own (chart-drawing.ts).
 */
export function drawing<K extends keyof Tasks>(task: K, argument: Tasks[K]['argument']): Promise<Tasks[K]['result']> {
  ensureFonts();
  pool ??= new Piscina({
    filename: new URL('./figure-thread.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    concurrentTasksPerWorker: AT_ONCE,
    idleTimeout: PATIENCE,
    execArgv: [],
  });
  return pool.run(argument, { name: task });
}
