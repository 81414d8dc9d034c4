import type { Allocations } from '../wasm/memory.js';
import type { RowsFields } from '../wasm/rows.js';
import { distinctRows, rowsByDistinct } from './distinct-rows.js';
import { allRows, type RowSums } from './row-sums.js';
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

/** Per row of the last smoothing, the rows of the region that equal it. */
export type Repeats = readonly (readonly number[])[];

/** Makes every row, for lanes of any sub-pixels. */
export function wayOfAll(axes: readonly Axis[], phases: number): RowWay {
  return { steps: axes.map((axis, i) => allRows(axis, i === 0 ? phases : 1)) };
}

/** Makes rows that are equal once, for lanes of one vertical sub-pixel; nothing where most rows of the region differ. */
export function wayOfDistinct(axes: readonly Axis[], phases: number, phase: number): RowWay | undefined {
  const steps = distinctRows(axes, phases, phase);
  const last = steps[steps.length - 1];
  if (last.sums.rows > (1 - LEAST_LEFT_OUT) * last.equals.length) return undefined;
  return { steps: steps.map(({ sums }) => sums), repeats: rowsByDistinct(last) };
}

/** What the last rows tell of a way, the number-th of them. */
export function placeRepeats(own: Allocations, { repeats }: RowWay, number: number): RowsFields {
  if (!repeats) return { way: number, distinct: 0, starts: 0, repeats: 0 };
  const starts = new Int32Array(repeats.length + 1);
  for (const [i, rows] of repeats.entries()) starts[i + 1] = starts[i] + rows.length;
  return {
    way: number,
    distinct: repeats.length,
    starts: own.place(starts),
    repeats: own.place(Int32Array.from(repeats.flat())),
  };
}
