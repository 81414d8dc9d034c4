import { setImmediate } from 'node:timers/promises';
import { throwIfAborted } from '@xinc/core';

/** Work goes on for this long before it lets others, such as a Ctrl-C, have their turn, in ms. */
const SLICE = 50;

let last = 0;

/**
 * Called again and again by long work: gives way now and then.
 * @throws XincError `cancelled`
 */
export async function pause(abort: AbortSignal | undefined): Promise<void> {
  throwIfAborted(abort);
  if (performance.now() - last < SLICE) return;
  await setImmediate();
  last = performance.now();
  throwIfAborted(abort);
}

/**
 * What `work` gives, or at once an error when aborted: the work of native code cannot be interrupted, and the caller does not have to
 * wait for it.
 * @throws XincError `cancelled`
 */
export async function orAbort<T>(work: Promise<T>, abort: AbortSignal | undefined): Promise<T> {
  throwIfAborted(abort);
  if (!abort) return work;
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      try {
        throwIfAborted(abort);
      } catch (error) {
        reject(error);
      }
    };
    abort.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    abort.removeEventListener('abort', stop);
  }
}
