import { allRows, type RowSums } from './row-sums.js';
import type { Axis } from './smoothing.js';

/** The rows of a plane that differ, in the order in which they first appear. */
export interface DistinctRows {
  readonly sums: RowSums;
  /** Per row of the plane, which of those it equals. */
  readonly equals: Int32Array;
}

/**
 * Rows that sum the same rows with the same weights are equal to the last bit. Along the way to the picture ever more are, where values
 * are scattered to one row of each cell, or repeated.
 * @param axes of smoothings that follow one another, from the responses on; activations between them give 0 for 0
 * @param phases how many vertical sub-pixels the first of them has
 * @param phase the one that the neurons' values are scattered to
 */
export function distinctRows(axes: readonly Axis[], phases: number, phase: number): DistinctRows[] {
  const steps: DistinctRows[] = [];
  for (const [i, axis] of axes.entries()) {
    const step = i === 0 ? distinctOf(allRows(axis, phases), phase) : distinctOf(allRows(axis, 1), 0, steps[i - 1]);
    steps.push(step);
  }
  return steps;
}

/** @param before the rows that are summed, where some of them are equal */
function distinctOf(all: RowSums, phase: number, before?: DistinctRows): DistinctRows {
  const numbers = new Map<string, number>();
  const distinct: Tap[][] = [];
  const equals = Int32Array.from({ length: all.rows }, (_, row) => {
    const taps = tapsOf(all, row, phase, before);
    const key = keyOf(taps);
    if (!numbers.has(key)) numbers.set(key, distinct.push(taps) - 1);
    return numbers.get(key)!;
  });
  const taps = distinct.reduce((most, { length }) => Math.max(most, length), 1);
  const sums = {
    rows: distinct.length,
    count: Int32Array.from(distinct, ({ length }) => length),
    index: new Int32Array(distinct.length * taps),
    weights: new Float32Array(distinct.length * taps),
    taps,
    phases: 1,
  };
  for (const [row, some] of distinct.entries()) {
    for (const [tap, [input, weight]] of some.entries()) {
      sums.index[row * taps + tap] = input;
      sums.weights[row * taps + tap] = weight;
    }
  }
  return { sums, equals };
}

type Tap = readonly [input: number, weight: number];

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);

/** Weights are told by their bits, which are written in a fraction of the time that decimals take. */
function keyOf(taps: readonly Tap[]): string {
  let key = '';
  for (const [input, weight] of taps) {
    float[0] = weight;
    key += `${input}:${bits[0]},`;
  }
  return key;
}

/** What a row sums, without zeros. The first two may be added in either order, which is told in one way; the others follow one by one. */
function tapsOf(all: RowSums, row: number, phase: number, before?: DistinctRows): Tap[] {
  const taps: Tap[] = [];
  for (let tap = row * all.taps; tap < row * all.taps + all.count[row]; tap++) {
    const input = before ? before.equals[all.index[tap]] : all.index[tap];
    const weight = all.weights[tap * all.phases + phase];
    if (weight !== 0 && before?.sums.count[input] !== 0) taps.push([input, weight]);
  }
  const first = taps.splice(0, 2).sort(([a, u], [b, v]) => a - b || u - v);
  return [...first, ...taps];
}
