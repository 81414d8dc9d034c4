import type { Axis } from './smoothing.js';

/** Rows of a plane, each a weighted sum of rows of the plane before it, which are made one after the other. */
export interface RowSums {
  readonly rows: number;
  /** Per row, how many rows it sums: 0 for a row of zeros. */
  readonly count: Int32Array;
  /** [rows, taps]: which rows those are. */
  readonly index: Int32Array;
  /** [rows, taps, phases]: their weights, by the vertical sub-pixel that a neuron's values are scattered to. */
  readonly weights: Float32Array;
  readonly taps: number;
  readonly phases: number;
}

/** All rows of an axis. */
export function allRows({ offset, count, weights, taps }: Axis, phases: number): RowSums {
  const index = new Int32Array(count.length * taps);
  for (let row = 0; row < count.length; row++) {
    for (let tap = 0; tap < count[row]; tap++) index[row * taps + tap] = offset[row] + tap;
  }
  return { rows: count.length, count, index, weights, taps, phases };
}

/** How many of the latest rows of the plane before are kept, so that each is there until it was read for the last time. */
export function rowsKept({ rows, count, index, taps }: RowSums): number {
  return latestKept(Array.from({ length: rows }, (_, row) => index.subarray(row * taps, row * taps + count[row])));
}

/**
 * The same for any rows that are made in the order of their numbers, as they are asked for.
 * @param reads those that are read together, one reading after the other
 */
export function latestKept(reads: readonly Int32Array[]): number {
  let [made, kept] = [0, 1];
  for (const read of reads) {
    made = read.reduce((most, row) => Math.max(most, row + 1), made);
    kept = read.reduce((most, row) => Math.max(most, made - row), kept);
  }
  return kept;
}
