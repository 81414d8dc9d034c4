import type { Allocations } from '../wasm/memory.js';
import { VECTOR } from '../wasm/rows.js';
import { checkGroupings, type Grouping } from './grouping.js';

/** Pixels per float32 accumulator: few enough that rounding stays below one in a million. */
const PIXELS_PER_ACCUMULATOR = 64;
/** Two groupings are one partition of the pixels if their groups meet in no more than this share of them, nor this many times. */
const MOST_CELLS = { perPixel: 1 / 8, all: 4096 };

/** One or two groupings as a partition of the pixels: each of its cells lies inside one group of either. */
interface Partition {
  readonly groupings: readonly number[];
  /** Per pixel. */
  readonly cells: Uint32Array;
  /** Per grouping, the group of each cell. */
  readonly groups: readonly Uint32Array[];
}

/** A partition whose cells have accumulators. */
export interface PlannedPartition extends Omit<Partition, 'cells'> {
  /** Per pixel, its accumulator's offset in bytes. */
  readonly offsets: Uint32Array;
  /** Where each cell's accumulators start, in vectors, and where the last one's end. */
  readonly starts: Uint32Array;
}

const planned = new WeakMap<readonly Grouping[], readonly PlannedPartition[]>();

/**
 * How groupings are summed. A plan is kept as long as the array of groupings it was made of, which serves all layers of a
 * trace.
 * @throws KernelError for labels that do not fit the region
 */
export function planGroupings(groupings: readonly Grouping[], pixels: number): readonly PlannedPartition[] {
  const present = planned.get(groupings);
  if (present?.every(({ offsets }) => offsets.length === pixels)) return present;
  checkGroupings(groupings, pixels);
  const plan = partitionsOf(groupings, pixels).map(withAccumulators);
  planned.set(groupings, plan);
  return plan;
}

/** Pairs groupings up where that saves time: a pixel is added to one accumulator for both. */
function partitionsOf(groupings: readonly Grouping[], pixels: number): Partition[] {
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
        groups: [Uint32Array.from({ length: groups }, (_, g) => g)],
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
  const groups: [number[], number[]] = [[], []];
  for (let p = 0; p < pixels; p++) {
    const pair = a.labels[p] * b.groups + b.labels[p];
    if (cellOf[pair] < 0) {
      if (groups[0].length >= most) return undefined;
      groups[0].push(a.labels[p]);
      cellOf[pair] = groups[1].push(b.labels[p]) - 1;
    }
    cells[p] = cellOf[pair];
  }
  return { cells, groups: groups.map((of) => Uint32Array.from(of)) };
}

/** Neighbouring pixels of a cell take turns between two accumulators, so that one addition need not wait for the other. */
function withAccumulators({ cells, groups, groupings }: Partition): PlannedPartition {
  const count = groups[0].length;
  const sizes = new Uint32Array(count);
  for (let p = 0; p < cells.length; p++) sizes[cells[p]]++;
  const starts = new Uint32Array(count + 1);
  for (let cell = 0; cell < count; cell++) {
    starts[cell + 1] = starts[cell] + 2 * Math.ceil(sizes[cell] / (2 * PIXELS_PER_ACCUMULATOR));
  }
  const offsets = new Uint32Array(cells.length);
  const seen = new Uint32Array(count);
  for (let p = 0; p < cells.length; p++) {
    const cell = cells[p];
    const turn = seen[cell]++;
    const pair = Math.floor(turn / (2 * PIXELS_PER_ACCUMULATOR));
    offsets[p] = VECTOR * (starts[cell] + 2 * pair + (turn & 1));
  }
  return { groupings, groups, offsets, starts };
}

/** A partition in WebAssembly memory. */
export interface PlacedPartition {
  /** uint32 per pixel, the address of its accumulator. */
  readonly addresses: number;
  /** The records of sumGroups, and how many. */
  readonly records: number;
  readonly cells: number;
}

/** @param sums per grouping, where the float64 sums of its groups are */
export function placePartition(
  own: Allocations,
  { groupings, groups, offsets, starts }: PlannedPartition,
  sums: readonly number[],
): PlacedPartition {
  const cells = starts.length - 1;
  const base = own.zeros(VECTOR * starts[cells]);
  const addresses = new Uint32Array(offsets.length);
  for (let p = 0; p < addresses.length; p++) addresses[p] = base + offsets[p];
  const records = new Uint32Array(4 * cells);
  // Beside the sums of a partition of one grouping there are others that nobody reads.
  const unread = own.zeros(2 * VECTOR);
  for (let cell = 0; cell < cells; cell++) {
    records[4 * cell] = base + VECTOR * starts[cell];
    records[4 * cell + 1] = base + VECTOR * starts[cell + 1];
    for (let i = 0; i < 2; i++) {
      const at = i < groupings.length ? sums[groupings[i]] + 2 * VECTOR * groups[i][cell] : unread;
      records[4 * cell + 2 + i] = at;
    }
  }
  return { addresses: own.place(addresses), records: own.place(records), cells };
}
