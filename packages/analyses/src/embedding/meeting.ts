import { sharedInts } from './shared-memory.js';

/** Where threads wait for one another. */
export interface Meeting {
  /** How many there are. */
  readonly threads: number;
  /** How many are there, and how often all have met, [2], in shared memory. */
  readonly state: Int32Array;
}

export const meetingOf = (threads: number): Meeting => ({ threads, state: sharedInts(2) });

/** Waits until all threads are here. A thread that never comes leaves the others waiting: end them then. */
export function meet({ threads, state }: Meeting): void {
  const met = Atomics.load(state, 1);
  if (Atomics.add(state, 0, 1) === threads - 1) {
    Atomics.store(state, 0, 0);
    Atomics.add(state, 1, 1);
    Atomics.notify(state, 1);
    return;
  }
  while (Atomics.load(state, 1) === met) Atomics.wait(state, 1, met);
}
