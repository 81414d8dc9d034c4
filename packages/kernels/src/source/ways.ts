import type { Allocations } from '../wasm/memory.js';
import type { RowsFields } from '../wasm/rows.js';
import { type DistinctLines, distinctLines } from './distinct-lines.js';
import { allLines, type LineSums, latestKept } from './line-sums.js';
import { isTwice, type PlannedStep } from './smoothing.js';

/** The share of the region's rows that must be left out at least, to be worth tables of their own: equal borders are not. */
const LEAST_ROWS_LEFT_OUT = 1 / 8;
/** The same of columns: their lanes are taken from places of their own by the last smoothing. */
const LEAST_COLUMNS_LEFT_OUT = 1 / 2;

/** A way to make a smoothing. */
export interface StepWay {
  readonly rows: LineSums;
  /** The columns that differ in any lane; absent where all are made. */
  readonly columns?: LineSums;
  /** The columns of the smoothing before, where those that differ were made: this one takes all of them from there. */
  readonly spread?: DistinctLines;
}

/** A way to make the smoothings that follow one another. */
export interface Way {
  readonly steps: readonly StepWay[];
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

/** Makes every row and column, for lanes of any sub-pixels. */
export function wayOfAll(steps: readonly PlannedStep[], phases: number): Way {
  return { steps: steps.map(({ rows }, i) => ({ rows: allLines(rows, i === 0 ? phases : 1) })) };
}

/** Makes rows that are equal once, for lanes of one vertical sub-pixel: a way for each, absent where too few could be left out. */
export function waysOfDistinct(steps: readonly PlannedStep[], phases: number): (Way | undefined)[] {
  let columns: readonly DistinctLines[] | undefined;
  return Array.from({ length: phases }, (_, phase) => {
    const rows = distinctLines(
      steps.map((step) => step.rows),
      phases,
      [phase],
    );
    const last = rows[rows.length - 1];
    const [equals] = last.equals;
    if (last.sums.lines > (1 - LEAST_ROWS_LEFT_OUT) * equals.length) return undefined;
    columns ??= distinctColumns(steps, phases);
    return {
      steps: rows.map(({ sums }, i) => ({
        rows: sums,
        columns: columns![i]?.sums,
        spread: i === columns!.length ? columns![i - 1] : undefined,
      })),
      repeats: repeatsOf(last.sums, equals),
    };
  });
}

/**
 * The columns that differ of all smoothings but the last, for lanes of any horizontal sub-pixels; none where they are not worth it: no
 * activation is spared, too many differ, or the last smoothing has no quick form, which takes them from where they are.
 */
function distinctColumns(steps: readonly PlannedStep[], phases: number): readonly DistinctLines[] {
  const inner = steps.slice(0, -1);
  const before = inner[inner.length - 1];
  if (!before || before.smoothing.activations.length === 0 || !isTwice(steps[inner.length])) return [];
  const all = Array.from({ length: phases }, (_, phase) => phase);
  const columns = distinctLines(
    inner.map((step) => step.columns),
    phases,
    all,
  );
  const shares = columns.map(({ sums, equals }) => sums.lines / equals[0].length);
  // Borders are not the same for all sub-pixels: of a narrow plane there may be more columns that differ in any lane than columns.
  const isWorthIt = shares[shares.length - 1] <= 1 - LEAST_COLUMNS_LEFT_OUT && shares.every((share) => share <= 1);
  return isWorthIt ? columns : [];
}

function repeatsOf(sums: LineSums, equals: Int32Array): Repeats {
  const times = new Int32Array(sums.lines);
  for (const row of equals) times[row]++;
  return { equals, times, kept: latestKept(Array.from(equals, (row) => Int32Array.of(row))) };
}

/** What the last rows tell of a way. */
export function placeRepeats(own: Allocations, { repeats }: Way): RowsFields {
  if (!repeats) return { equals: 0, times: 0, kept: 0 };
  const { equals, times, kept } = repeats;
  return { equals: own.place(equals), times: own.place(times), kept };
}
