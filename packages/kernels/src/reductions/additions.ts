import type { Repeats } from '../source/row-ways.js';
import type { Allocations } from '../wasm/memory.js';
import type { PlacedPartition } from './partition.js';

/** A row of values that is added to the accumulators of one row of a partition, as often as rows of it have these. */
interface Addition {
  readonly partition: number;
  readonly row: number;
  readonly times: number;
}

/**
 * Where values are added that rows of the region have in common, but for the first of those, which `reduce` sees to: rows that have the same
 * labels are added once.
 * @param labels [partitions, groupings of it]: the groupings' labels
 * @returns per row that differs
 */
export function planAdditions(
  repeats: Repeats,
  labels: readonly (readonly Uint16Array[])[],
  width: number,
): readonly (readonly Addition[])[] {
  return repeats.map(([, ...rows]) =>
    labels.flatMap((own, partition) => {
      const times = new Map<number, number>();
      for (const row of rows) {
        const same = [...times.keys()].find((other) => own.every((of) => areRowsEqual(of, other, row, width))) ?? row;
        times.set(same, (times.get(same) ?? 0) + 1);
      }
      return [...times].map(([row, count]) => ({ partition, row, times: count }));
    }),
  );
}

function areRowsEqual(labels: Uint16Array, a: number, b: number, width: number): boolean {
  for (let x = 0; x < width; x++) if (labels[a * width + x] !== labels[b * width + x]) return false;
  return true;
}

/** The address of what assembly/reduce.ts reads: where each row's additions start, and behind that an address and a float32 factor for each. */
export function placeAdditions(
  own: Allocations,
  additions: readonly (readonly Addition[])[],
  partitions: readonly PlacedPartition[],
  width: number,
): number {
  const all = additions.flat();
  const words = new Uint32Array(2 * all.length);
  const factors = new Float32Array(words.buffer);
  for (const [i, { partition, row, times }] of all.entries()) {
    words[2 * i] = partitions[partition].addresses + 4 * width * row;
    factors[2 * i + 1] = times;
  }
  const first = own.place(words);
  const starts = new Uint32Array(additions.length + 1).fill(first);
  for (const [i, some] of additions.entries()) starts[i + 1] = starts[i] + 8 * some.length;
  return own.place(starts);
}
