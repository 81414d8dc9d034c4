import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { permutation, randomStream } from './random.js';

describe('random streams', () => {
  test('repeat for the same seed and name, and differ for others', () => {
    const draw = (seed: number, name: string) => Array.from({ length: 4 }, randomStream(seed, name).uniform);
    expect(draw(1, 'weights')).toEqual(draw(1, 'weights'));
    expect(draw(1, 'weights')).not.toEqual(draw(2, 'weights'));
    expect(draw(1, 'weights')).not.toEqual(draw(1, 'biases'));
  });

  test('differ for neighbouring seeds and names', () => {
    const firsts = new Set<number>();
    for (let seed = 0; seed < 64; seed++) {
      for (let code = 32; code < 127; code++) firsts.add(randomStream(seed, String.fromCharCode(code)).uniform());
    }
    // Two of 6080 numbers of 32 bits are the same with a chance of one in 230.
    expect(firsts.size).toBeGreaterThan(64 * 95 - 3);
  });

  test('uniform numbers fill [0, 1) evenly', () => {
    const stream = randomStream(0, 'u');
    const bins = new Uint32Array(10);
    for (let i = 0; i < 100_000; i++) bins[Math.floor(stream.uniform() * 10)]++;
    for (const count of bins) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  test('normal numbers have mean 0, variance 1 and a normal share beyond two deviations', () => {
    const stream = randomStream(0, 'n');
    const values = Array.from({ length: 100_000 }, stream.normal);
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
    expect(values.filter((value) => Math.abs(value) > 2).length / values.length).toBeCloseTo(0.0455, 2);
  });

  test('a permutation holds every number once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.integer(), (length, seed) => {
        const sorted = permutation(length, randomStream(seed, 'p')).sort();
        expect([...sorted]).toEqual(Array.from({ length }, (_, i) => i));
      }),
    );
  });

  test('permutations of one epoch after the other put every frame anywhere, equally often', () => {
    const [frames, epochs] = [30, 300];
    for (const seed of [0, 1, 2]) {
      const counts = new Float64Array(frames * frames);
      for (let epoch = 0; epoch < epochs; epoch++) {
        const order = permutation(frames, randomStream(seed, `frames of epoch ${epoch}`));
        for (const [place, frame] of order.entries()) counts[frames * frame + place]++;
      }
      const expected = epochs / frames;
      const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      // With 29² degrees of freedom, the mean is 841 and the standard deviation 41.
      expect(Math.abs(chiSquare - 841)).toBeLessThan(4 * 41);
    }
  });
});
