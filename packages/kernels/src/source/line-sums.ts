import type { Axis } from './smoothing.js';

/** Rows of a plane, or columns, each a weighted sum of those of the plane before it, which are made one after the other. */
export interface LineSums {
  readonly lines: number;
  /** Per line, how many lines it sums: 0 for a line of zeros. */
  readonly count: Int32Array;
  /** [lines, taps]: which lines those are. */
  readonly index: Int32Array;
  /** [lines, taps, phases]: their weights, by the sub-pixel along this axis that a neuron's values are scattered to. */
  readonly weights: Float32Array;
  readonly taps: number;
  readonly phases: number;
}

/** All lines of an axis. */
export function allLines({ offset, count, weights, taps }: Axis, phases: number): LineSums {
  const index = new Int32Array(count.length * taps);
  for (let line = 0; line < count.length; line++) {
    for (let tap = 0; tap < count[line]; tap++) index[line * taps + tap] = offset[line] + tap;
  }
  return { lines: count.length, count, index, weights, taps, phases };
}

/** How many of the latest rows of the plane before are kept, so that each is there until it was read for the last time. */
export function rowsKept({ lines, count, index, taps }: LineSums): number {
  return latestKept(Array.from({ length: lines }, (_, row) => index.subarray(row * taps, row * taps + count[row])));
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
