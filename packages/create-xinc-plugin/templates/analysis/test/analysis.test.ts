import { checkAnalysis } from '@xinc/core/testing';
import { expect, test } from 'vitest';
import { effectiveNeurons, neuronsFor } from '../src/analysis.js';
import plugin from '../src/index.js';

test('is what a reviewer would let pass', async () => {
  // On small runs of a picture and a video, and on runs that lack something.
  const [{ result }] = await checkAnalysis(plugin);
  expect(result?.tables[0].rows.length).toBeGreaterThan(0);
});

test('the fewest neurons that give a share are counted from the strongest on', () => {
  const layer = { totals: Float64Array.of(5, 3, 1, 1), sum: 10 };
  expect(neuronsFor(layer, 0.5)).toBe(1);
  expect(neuronsFor(layer, 0.51)).toBe(2);
  expect(neuronsFor(layer, 0.99)).toBe(4);
});

test('neurons that contribute equally all count, and one alone counts as one', () => {
  expect(effectiveNeurons({ totals: Float64Array.of(2, 2, 2), sum: 6 })).toBeCloseTo(3);
  expect(effectiveNeurons({ totals: Float64Array.of(6, 0, 0), sum: 6 })).toBe(1);
});
