import { randomStream } from '@xinc/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median } from './averages.js';
import { bootstrapMedians, RESAMPLES } from './bootstrap-medians.js';

const medians = (...quantities: number[][]) =>
  bootstrapMedians(
    quantities.map((values) => Float64Array.from(values)),
    randomStream(4, 'test'),
  );

describe('bootstrapMedians', () => {
  it('are those of the neurons drawn, the same for every quantity', () => {
    const value = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 12 }), (neurons) => {
        const [first, second] = [neurons.map(([a]) => a), neurons.map(([, b]) => b)];
        const found = medians(first, second);
        const stream = randomStream(4, 'test');
        for (let r = 0; r < 5; r++) {
          const drawn = neurons.map(() => stream.integer(neurons.length));
          expect(found[0][r]).toBeCloseTo(median(drawn.map((n) => first[n])), 12);
          expect(found[1][r]).toBeCloseTo(median(drawn.map((n) => second[n])), 12);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('are as many as stated, and one number of neurons that are alike', () => {
    const [found] = medians([0, 0, 0, 0]);
    expect(found).toEqual(new Float64Array(RESAMPLES));
    expect(new Set(medians([7])[0])).toEqual(new Set([7]));
  });
});
