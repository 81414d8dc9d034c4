import { allLines, type LineSums } from './line-sums.js';
import type { Axis } from './smoothing.js';

/** The rows of a plane that differ, or its columns, in the order in which they first appear. */
export interface DistinctLines {
  readonly sums: LineSums;
  /** Per sub-pixel that was asked for and line of the plane, which of those it equals. */
  readonly equals: readonly Int32Array[];
}

/**
 * Lines that sum the same lines with the same weights are equal to the last bit. Along the way to the picture ever more are, where values
 * are scattered to one line of each cell, or repeated.
 * @param axes of smoothings that follow one another, from the responses on; activations between them give 0 for 0
 * @param phases how many sub-pixels along the axis the first of them has
 * @param wanted those that neurons' values are scattered to: away from borders all have the same lines, at other places
 */
export function distinctLines(axes: readonly Axis[], phases: number, wanted: readonly number[]): DistinctLines[] {
  const steps: DistinctLines[] = [];
  for (const [i, axis] of axes.entries())
    steps.push(distinctOf(allLines(axis, i === 0 ? phases : 1), wanted, steps[i - 1]));
  return steps;
}

/** @param before the lines that are summed, where some of them are equal */
function distinctOf(all: LineSums, wanted: readonly number[], before?: DistinctLines): DistinctLines {
  const numbers = new Map<string, number>();
  const distinct: Tap[][] = [];
  const equals = wanted.map((phase, i) =>
    Int32Array.from({ length: all.lines }, (_, line) => {
      const taps = before ? tapsOf(all, line, 0, before, i) : tapsOf(all, line, phase);
      const key = keyOf(taps);
      if (!numbers.has(key)) numbers.set(key, distinct.push(taps) - 1);
      return numbers.get(key)!;
    }),
  );
  const taps = distinct.reduce((most, { length }) => Math.max(most, length), 1);
  const sums = {
    lines: distinct.length,
    count: Int32Array.from(distinct, ({ length }) => length),
    index: new Int32Array(distinct.length * taps),
    weights: new Float32Array(distinct.length * taps),
    taps,
    phases: 1,
  };
  for (const [line, some] of distinct.entries()) {
    for (const [tap, [input, weight]] of some.entries()) {
      sums.index[line * taps + tap] = input;
      sums.weights[line * taps + tap] = weight;
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

/**
 * What a line sums, without zeros. The first two may be added in either order, which is told in one way; the others follow one by one.
 * @param wanted the number among the sub-pixels that were asked for, where some of the lines before are equal
 */
function tapsOf(all: LineSums, line: number, phase: number, before?: DistinctLines, wanted = 0): Tap[] {
  const taps: Tap[] = [];
  for (let tap = line * all.taps; tap < line * all.taps + all.count[line]; tap++) {
    const input = before ? before.equals[wanted][all.index[tap]] : all.index[tap];
    const weight = all.weights[tap * all.phases + phase];
    if (weight !== 0 && before?.sums.count[input] !== 0) taps.push([input, weight]);
  }
  if (taps.length > 1) {
    const [[a, u], [b, v]] = taps;
    if (a > b || (a === b && u > v)) [taps[0], taps[1]] = [taps[1], taps[0]];
  }
  return taps;
}
