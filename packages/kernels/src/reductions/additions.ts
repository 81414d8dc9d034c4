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
 * @param kinds per partition, `kindsOfRows`
 * @returns per row that differs
 */
export function planAdditions(repeats: Repeats, kinds: readonly Int32Array[]): readonly (readonly Addition[])[] {
  return repeats.map(([, ...rows]) =>
    kinds.flatMap((own, partition) => {
      const byKind = new Map<number, { readonly row: number; times: number }>();
      for (const row of rows) {
        const same = byKind.get(own[row]);
        if (same) same.times++;
        else byKind.set(own[row], { row, times: 1 });
      }
      return [...byKind.values()].map((addition) => ({ partition, ...addition }));
    }),
  );
}

/** Characters that are made of numbers at once: arguments of one call. */
const AT_ONCE = 8192;

/**
 * Per row of the region a number, the same for rows that have the same labels.
 * @param labels the groupings of a partition, [pixels] each
 */
export function kindsOfRows(labels: readonly Uint16Array[], width: number): Int32Array {
  const kinds = new Map<string, number>();
  return Int32Array.from({ length: labels[0].length / width }, (_, row) => {
    let key = '';
    for (const of of labels) {
      for (let x = row * width; x < (row + 1) * width; x += AT_ONCE) {
        key += String.fromCharCode(...of.subarray(x, Math.min(x + AT_ONCE, (row + 1) * width)));
      }
    }
    const kind = kinds.get(key) ?? kinds.size;
    kinds.set(key, kind);
    return kind;
  });
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
