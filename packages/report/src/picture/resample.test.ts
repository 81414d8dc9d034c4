import fc from 'fast-check';
import { expect, test } from 'vitest';
import { averageDown, reduction, sampleDown } from './resample.js';

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

test('an area average keeps the mean, stays between the extremes, and leaves a picture of full size as it is', () => {
  const extents = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }));
  fc.assert(
    fc.property(
      extents,
      fc.double({ min: 0.05, max: 1, noNaN: true }),
      fc.infiniteStream(fc.double({ min: -5, max: 5, noNaN: true })),
      ([height, width], factor, stream) => {
        const values = Float32Array.from({ length: height * width }, () => stream.next().value as number);
        const [h, w] = [Math.max(1, Math.round(height * factor)), Math.max(1, Math.round(width * factor))];
        const small = averageDown({ height, width, channels: 1, values }, h, w);
        expect(mean(small)).toBeCloseTo(mean(values), 4);
        expect(Math.max(...small)).toBeLessThanOrEqual(Math.max(...values) + 1e-5);
        const same = averageDown({ height, width, channels: 1, values }, height, width);
        for (const [i, value] of same.entries()) expect(value).toBeCloseTo(values[i], 5);
      },
    ),
  );
});

test('channels are averaged apart', () => {
  const values = [1, 10, 3, 30];
  expect([...averageDown({ height: 1, width: 2, channels: 2, values }, 1, 1)]).toEqual([2, 20]);
});

test('labels are taken from under pixel centres, never mixed', () => {
  const values = [0, 0, 0, 7, 7, 7, 1, 1, 1];
  expect([...sampleDown({ height: 3, width: 3, channels: 1, values }, 3, 1)]).toEqual([0, 7, 1]);
});

test('a picture is reduced to the tighter of two limits and never enlarged', () => {
  expect(reduction(100, 200, { pixels: 1e9, width: 100 })).toBe(0.5);
  expect(reduction(100, 200, { pixels: 200, width: 1000 })).toBeCloseTo(0.1);
  expect(reduction(10, 10, { pixels: 1e9, width: 1000 })).toBe(1);
});
