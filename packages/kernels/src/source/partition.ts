import type { Grouping } from '../reduce-request.js';
import type { Allocations } from '../wasm/memory.js';
import { VECTOR } from '../wasm/rows.js';

/** Pixels per float32 accumulator: few enough that rounding stays below one in a million. */
const PIXELS_PER_ACCUMULATOR = 64;
/** Two groupings are one partition of the pixels if their groups meet in no more than this share of them, nor this many times. */
const MOST_CELLS = { perPixel: 1 / 8, all: 4096 };

/** One or two groupings as a partition of the pixels: each of its cells lies inside one group of either. */
interface Partition {
  readonly groupings: readonly number[];
  /** Per pixel. */
  readonly cells: Uint32Array;
  /** Per cell, its group in each grouping. */
  readonly groups: readonly number[][];
}

/** Pairs groupings up where that saves time: a pixel is added to one accumulator for both. */
export function planPartitions(groupings: readonly Grouping[], pixels: number): Partition[] {
  const partitions: Partition[] = [];
  for (let k = 0; k < groupings.length; k++) {
    const both = k + 1 < groupings.length ? meet(groupings[k], groupings[k + 1], pixels) : undefined;
    if (both) {
      partitions.push({ groupings: [k, k + 1], ...both });
      k++;
    } else {
      const { labels, groups } = groupings[k];
      partitions.push({
        groupings: [k],
        cells: Uint32Array.from(labels),
        groups: Array.from({ length: groups }, (_, g) => [g]),
      });
    }
  }
  return partitions;
}

/** The pairs of groups that share pixels; nothing if there are too many. */
function meet(a: Grouping, b: Grouping, pixels: number): Pick<Partition, 'cells' | 'groups'> | undefined {
  const most = Math.min(MOST_CELLS.all, Math.max(a.groups + b.groups, pixels * MOST_CELLS.perPixel));
  if (a.groups * b.groups > 2 ** 22) return undefined;
  const cellOf = new Int32Array(a.groups * b.groups).fill(-1);
  const cells = new Uint32Array(pixels);
  const groups: number[][] = [];
  for (let p = 0; p < pixels; p++) {
    const pair = a.labels[p] * b.groups + b.labels[p];
    if (cellOf[pair] < 0) {
      if (groups.length >= most) return undefined;
      cellOf[pair] = groups.push([a.labels[p], b.labels[p]]) - 1;
    }
    cells[p] = cellOf[pair];
  }
  return { cells, groups };
}

/** A partition in WebAssembly memory. */
export interface PlacedPartition {
  /** uint32 per pixel, the address of its accumulator. */
  readonly addresses: number;
  /** The records of sumGroups, and how many. */
  readonly records: number;
  readonly cells: number;
}

/**
 * Gives every cell accumulators. Neighbouring pixels of a cell take turns between two of them, so that one addition need not
 * wait for the other.
 * @param sums per grouping, where the float64 sums of its groups are
 */
export function placePartition(
  own: Allocations,
  { groupings, cells, groups }: Partition,
  sums: readonly number[],
): PlacedPartition {
  const sizes = new Uint32Array(groups.length);
  for (let p = 0; p < cells.length; p++) sizes[cells[p]]++;
  const starts = new Uint32Array(groups.length + 1);
  for (let cell = 0; cell < groups.length; cell++) {
    starts[cell + 1] = starts[cell] + 2 * Math.ceil(sizes[cell] / (2 * PIXELS_PER_ACCUMULATOR));
  }
  const base = own.zeros(VECTOR * starts[groups.length]);
  const addresses = new Uint32Array(cells.length);
  const seen = new Uint32Array(groups.length);
  for (let p = 0; p < cells.length; p++) {
    const cell = cells[p];
    const turn = seen[cell]++;
    const pair = Math.floor(turn / (2 * PIXELS_PER_ACCUMULATOR));
    addresses[p] = base + VECTOR * (starts[cell] + 2 * pair + (turn & 1));
  }
  const records = groups.flatMap((group, cell) => {
    const targets = group.map((g, i) => sums[groupings[i]] + 2 * VECTOR * g);
    return [base + VECTOR * starts[cell], base + VECTOR * starts[cell + 1], targets[0], targets[1] ?? 0];
  });
  return { addresses: own.place(addresses), records: own.place(Uint32Array.from(records)), cells: groups.length };
}
