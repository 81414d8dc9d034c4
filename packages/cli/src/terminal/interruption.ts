import { constants } from 'node:os';
import { abandonCalls, removeUnfinished } from '@xinc/core/node';
import type { ProgressDisplay } from './progress.js';

/** Ctrl-C, a polite kill, a terminal that is closed. */
const STOPPED_BY = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Milliseconds after which it is said what stopping waits for. */
const PATIENCE = 2000;
/** Milliseconds that a plugin has to stop, once it is asked to. */
const GRACE = 5000;
/** Milliseconds that a stopped command, which has stored what it keeps, has to end by itself. */
const LEAVE = 2000;

/** What stops a command: the first signal in an orderly way, the second at once. */
export interface Interruption {
  readonly abort: AbortSignal;
  /** Stops the command in an orderly way, for another reason than a signal. */
  cancel(): void;
  /** The exit status of a command that a signal stopped, 128 and the signal's number; `undefined` where none did. */
  status(): number | undefined;
  /**
   * The command is over: gives the signals back to the system. Where one of them stopped it, work that cannot be cut short, such as the
   * decoding of a large picture, keeps the process no longer: its result is not needed any more.
   */
  leave(): void;
}

export function listenForSignals(display: ProgressDisplay): Interruption {
  const controller = new AbortController();
  let first: NodeJS.Signals | undefined;
  let impatience: NodeJS.Timeout | undefined;
  const dispose = () => {
    clearTimeout(impatience);
    for (const name of STOPPED_BY) process.off(name, interrupt);
  };
  const endAtOnce = (signal: NodeJS.Signals) => {
    dispose();
    removeUnfinished();
    // As the system does it: leaving in an orderly way waits for the engine.
    process.kill(process.pid, signal);
    // The first process of a container is not ended so.
    process.exit(statusOf(signal));
  };
  const interrupt = (signal: NodeJS.Signals) => {
    if (first !== undefined) {
      display.close();
      endAtOnce(signal);
    }
    first = signal;
    display.line('Stopping …');
    impatience = setTimeout(() => {
      const task = display.task();
      const awaited = task === undefined ? 'what is under way' : `a step of “${task}” that cannot be cut short`;
      display.line(`Waiting for ${awaited}; Ctrl-C once more ends it at once, and what is stored stays.`);
    }, PATIENCE).unref();
    controller.abort();
    // A plugin that does not look whether it is to stop is not waited for.
    setTimeout(() => abandonCalls('it did not stop', ['analysis', 'grouping']), GRACE).unref();
  };
  for (const name of STOPPED_BY) process.on(name, interrupt);
  return {
    abort: controller.signal,
    cancel: () => controller.abort(),
    status: () => (first === undefined ? undefined : statusOf(first)),
    leave: () => {
      dispose();
      if (first !== undefined && process.exitCode === statusOf(first)) setTimeout(endAtOnce, LEAVE, first).unref();
    },
  };
}

function statusOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
