import type { Kernels, LayoutPart } from '@xinc/kernels';
import { type Meeting, meet, meetingOf } from './meeting.js';
import { sharedCopy } from './shared-memory.js';
import type { StartedUmap } from './start-umap.js';

/** What threads that move the points of one embedding share. */
export interface Shared {
  readonly meeting: Meeting;
  /** Where points are before a round and after it, in turn, [n, 2] each; in shared memory. */
  readonly places: readonly [Float32Array, Float32Array];
}

/** For as many threads, of which each calls `movePoints`. */
export function sharedBy(threads: number, { source: { points } }: StartedUmap): Shared {
  return { meeting: meetingOf(threads), places: [sharedCopy(points), sharedCopy(points)] };
}

/**
 * All passes of UMAP's optimiser over the points of one thread, whose others make them at the same time over theirs. The points end in the
 * same places, to the last bit, for any number of threads.
 * @param part which thread this is
 * @param onPass told how many passes are done
 * @returns x and y of all points, [n, 2]
 */
export function movePoints(
  { source, curve, passes, learningRate }: StartedUmap,
  kernels: Kernels,
  part: LayoutPart,
  { meeting, places }: Shared,
  onPass?: (passes: number) => void,
): Float32Array {
  const layout = kernels.openLayout(source, part);
  try {
    let now = 0;
    // As in umap-js, the first pass moves nothing, and each of the others has the size that was set after the one before.
    onPass?.(1);
    for (let pass = 1; pass < passes; pass++) {
      const size = learningRate * (1 - (pass - 1) / passes);
      for (let round = 0; round < layout.rounds; round++) {
        layout.move(pass, round, size, curve);
        if (part.of === 1) continue;
        // Others may still read where points were before the round.
        now = 1 - now;
        layout.give(places[now]);
        meet(meeting);
        layout.take(places[now]);
      }
      onPass?.(pass + 1);
    }
    layout.give(places[now]);
    return Float32Array.from(places[now]);
  } finally {
    layout.dispose();
  }
}
