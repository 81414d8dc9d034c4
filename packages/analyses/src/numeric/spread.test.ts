import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scattered, spread } from './spread.js';

describe('spread', () => {
  it('takes distinct items in order, both ends among them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 2, max: 60 }), (count, limit) => {
        const items = Array.from({ length: count }, (_, i) => i);
        const taken = spread(items, limit);
        expect(taken).toHaveLength(Math.min(count, limit));
        expect(taken).toEqual([...new Set(taken)].sort((a, b) => a - b));
        expect([taken[0], taken[taken.length - 1]]).toEqual([0, count - 1]);
      }),
    );
    expect(spread([1, 2, 3], 1)).toEqual([1]);
  });
});

describe('scattered', () => {
  it('reaches every part of the range and never falls into step with a row', () => {
    const taken = scattered(128 * 256, 1024);
    const tenths = new Set(taken.map((index) => Math.floor((10 * index) / (128 * 256))));
    expect(tenths.size).toBe(10);
    const columns = new Set(taken.map((index) => index % 256));
    expect(columns.size).toBeGreaterThan(240);
    expect(scattered(3, 10)).toEqual([0, 1, 2]);
  });
});
