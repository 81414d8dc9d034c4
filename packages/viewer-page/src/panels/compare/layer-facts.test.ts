import { expect, test } from 'vitest';
import { factSpread, layerFacts } from './layer-facts.js';

const totals = (...sums: number[]) => ({
  sums: Float64Array.from(sums),
  largest: Float32Array.from(sums),
  known: sums.length,
});

test('of a layer: neurons that contribute anything, how many make 90 %, and the mean |c|', () => {
  expect(layerFacts(totals(6, 3, 1, 0), 5, 0.5)).toEqual({ alive: 3, most: 2, mean: 0.5, faithfulness: 0.5 });
});

test('a fact that one run alone has, has no spread', () => {
  const runs = [layerFacts(totals(6, 3, 1, 0), 5, 0.5), layerFacts(totals(1, 1, 1, 1), 5, undefined)];
  expect(factSpread(runs, 'alive')).toMatchObject({ mean: 3.5, count: 2, least: 3, greatest: 4 });
  expect(factSpread(runs, 'faithfulness')).toBe(null);
});
