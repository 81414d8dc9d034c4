import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Stage } from '../layer.js';
import { distinctLines } from './distinct-lines.js';
import { allLines, type LineSums, rowsKept } from './line-sums.js';
import { type Axis, planSmoothings, planSteps } from './smoothing.js';

const box = (size: number): Stage => ({ kind: 'box', size });
const up = (scale: number): Stage => ({ kind: 'upsample', scale });
const gelu: Stage = { kind: 'activation', activation: 'gelu' };

/** The vertical axes of the smoothings of a path, from `rows` rows of responses to `height` rows of the picture from `top` on. */
function axesOf(shuffle: number, path: readonly Stage[], rows: number, [top, height] = [0, 0]): Axis[] {
  const [, smoothings] = planSmoothings(shuffle, null, path);
  const all = smoothings.reduce((extent, step) => extent * step.shuffle * step.scale, rows);
  const region = { top, left: 0, height: height || all - top, width: 1 };
  return planSteps(smoothings, [rows, 1], region).map((step) => step.rows);
}

/**
 * The first value of every line, as assembly/rows.ts makes it: float32, the first two taps at once, others one by one. No more rows of the plane
 * before are there than it keeps.
 */
function sumLines(sums: LineSums, phase: number, before: readonly number[]): number[] {
  const kept = rowsKept(sums);
  let made = 0;
  return Array.from({ length: sums.lines }, (_, row) => {
    const first = row * sums.taps;
    const read = sums.index.subarray(first, first + sums.count[row]);
    made = Math.max(made, ...read.map((input) => input + 1));
    let sum = 0;
    for (const [tap, input] of read.entries()) {
      expect(made - input).toBeLessThanOrEqual(kept);
      const weight = sums.weights[(first + tap) * sums.phases + phase];
      sum = Math.fround(sum + Math.fround(before[input] * weight));
    }
    return sum;
  });
}

const squared = (values: readonly number[]) => values.map((value) => Math.fround(value * value));

describe('rows that are equal', () => {
  test('leave 9 of 32, 25 of 64 and 58 of 128 in block 1 of the default NeRV', () => {
    const axes = axesOf(4, [box(3), up(2), gelu, box(3), up(2), gelu, box(3)], 8);
    expect(axes.map(({ count }) => count.length)).toEqual([32, 64, 128]);
    for (let phase = 0; phase < 4; phase++) {
      const steps = distinctLines(axes, 4, [phase]);
      // Eight rows of responses and one of zeros; then three multiples of each.
      expect(steps.map(({ sums }) => sums.lines)).toEqual([9, 25, 58]);
    }
    const [, , { equals }] = distinctLines(axes, 4, [1]);
    expect([...equals[0].slice(0, 27)]).toEqual([
      ...[0, 1, 2, 3, 3, 3, 3, 3, 3, 2, 1, 4, 5, 6, 7, 8, 9, 10, 11],
      ...[12, 12, 12, 12, 12, 12, 11, 10],
    ]);
  });

  test('leave a quarter of the columns before the first activation of block 1, and three eighths before the second', () => {
    const axes = axesOf(4, [box(3), up(2), gelu, box(3), up(2), gelu, box(3)], 16);
    const steps = distinctLines(axes.slice(0, 2), 4, [0, 1, 2, 3]);
    // Sixteen columns of responses, then three multiples of each, and one of zeros.
    expect(steps.map(({ sums, equals }) => [sums.lines, equals[0].length])).toEqual([
      [17, 64],
      [49, 128],
    ]);
  });

  test('are none where every row sums others', () => {
    const [rows] = distinctLines(axesOf(1, [box(3)], 5), 1, [0]);
    expect([...rows.equals[0]]).toEqual([0, 1, 2, 3, 4]);
  });

  test('of zeros are one', () => {
    const [rows] = distinctLines(axesOf(3, [], 2), 3, [1]);
    expect([...rows.equals[0]]).toEqual([0, 1, 0, 0, 2, 0]);
    expect([...rows.sums.count]).toEqual([0, 1, 1]);
  });

  test('have the values of all rows to the last bit, and are numbered as they first appear', () => {
    const stages = fc.oneof(
      fc.constantFrom(1, 3, 5).map(box),
      fc.integer({ min: 1, max: 3 }).map(up),
      fc.constant(gelu),
    );
    const layer = fc.record({
      shuffle: fc.integer({ min: 1, max: 5 }),
      path: fc.array(stages, { minLength: 1, maxLength: 6 }),
      rows: fc.integer({ min: 1, max: 6 }),
      from: fc.nat(1000),
      length: fc.nat(1000),
    });
    fc.assert(
      fc.property(layer, ({ shuffle, path, rows, from, length }) => {
        const whole = axesOf(shuffle, path, rows).at(-1)?.count.length ?? 0;
        if (whole === 0) return;
        const top = from % whole;
        const axes = axesOf(shuffle, path, rows, [top, 1 + (length % (whole - top))]);
        const every = Array.from({ length: shuffle }, (_, phase) => phase);
        let responses = Array.from({ length: rows }, (_, row) => Math.fround(Math.sqrt(row + 2)));
        responses = responses.slice(axes[0].from, axes[0].to);
        for (const wanted of [...every.map((phase) => [phase]), every]) {
          const steps = distinctLines(axes, shuffle, wanted);
          let all = wanted.map(() => responses);
          let some = responses;
          for (const [i, { sums, equals }] of steps.entries()) {
            const lines = allLines(axes[i], i === 0 ? shuffle : 1);
            const full = wanted.map((phase, k) => sumLines(lines, i === 0 ? phase : 0, all[k]));
            some = sumLines(sums, 0, some);
            expect(equals.map((of) => [...of].map((line) => some[line]))).toEqual(full);
            expect([...new Set(equals.flatMap((of) => [...of]))]).toEqual([...some.keys()]);
            [all, some] = [full.map(squared), squared(some)];
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
