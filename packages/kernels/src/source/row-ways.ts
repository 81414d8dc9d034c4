import type { Allocations } from '../wasm/memory.js';
import type { RowsFields } from '../wasm/rows.js';
import { type DistinctRows, distinctRows } from './distinct-rows.js';
import { allRows, latestKept, type RowSums } from './row-sums.js';
import type { Axis } from './smoothing.js';

/** The share of the region's rows that must be left out at least, to be worth tables of their own: equal borders are not. */
const LEAST_LEFT_OUT = 1 / 8;

/** A way to make the rows of smoothings that follow one another. */
export interface RowWay {
  /** The rows of each smoothing. */
  readonly steps: readonly RowSums[];
  /** Absent where all rows are made. */
  readonly repeats?: Repeats;
}

/** Which rows of a region are equal. */
interface Repeats {
  /** Per row of the region, which of those that differ it equals: these are numbered as they first appear. */
  readonly equals: Int32Array;
  /** Per row that differs, how many equal it. */
  readonly times: Int32Array;
  /** How many of the latest rows that differ are kept, from the region's top to its bottom, so that each is there for all that equal it. */
  readonly kept: number;
}

/** Makes every row, for lanes of any sub-pixels. */
export function wayOfAll(axes: readonly Axis[], phases: number): RowWay {
  return { steps: axes.map((axis, i) => allRows(axis, i === 0 ? phases : 1)) };
}

/** Makes rows that are equal once, for lanes of one vertical sub-pixel; nothing where most rows of the region differ. */
export function wayOfDistinct(axes: readonly Axis[], phases: number, phase: number): RowWay | undefined {
  const steps = distinctRows(axes, phases, phase);
  const last = steps[steps.length - 1];
  if (last.sums.rows > (1 - LEAST_LEFT_OUT) * last.equals.length) return undefined;
  return { steps: steps.map(({ sums }) => sums), repeats: repeatsOf(last) };
}

function repeatsOf({ sums, equals }: DistinctRows): Repeats {
  const times = new Int32Array(sums.rows);
  for (const row of equals) times[row]++;
  return { equals, times, kept: latestKept(Array.from(equals, (row) => Int32Array.of(row))) };
}

/** What the last rows tell of a way. */
export function placeRepeats(own: Allocations, { repeats }: RowWay): RowsFields {
  if (!repeats) return { equals: 0, times: 0, kept: 0 };
  const { equals, times, kept } = repeats;
  return { equals: own.place(equals), times: own.place(times), kept };
}
