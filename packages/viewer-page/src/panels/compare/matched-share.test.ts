import { expect, test } from 'vitest';
import type { LayerTrace } from '../../trace/layer-trace.js';
import { mapMoments } from '../../trace/map-moments.js';
import { matchNeurons, movedByHalf, sampled, shareFrom } from './matched-share.js';

test('a map is moved by half the picture, and what leaves it comes in again', () => {
  expect([...movedByHalf(Float32Array.of(1, 2, 3, 4, 5, 6), { height: 2, width: 3 })]).toEqual([6, 4, 5, 3, 1, 2]);
});

test('the strongest neurons that contribute anything are looked for', () => {
  expect(sampled([0, 3, 5, 0, 1], 4)).toEqual([2, 1, 4]);
});

/** A layer of 4×4 pixels with these maps. */
function layerOf(maps: readonly Float32Array[]): LayerTrace {
  const all = Float32Array.from(maps.flatMap((map) => [...map]));
  return {
    height: 4,
    width: 4,
    neurons: maps.length,
    map: async (neuron: number) => maps[neuron],
    moments: async (plane: Float32Array) => mapMoments(all, plane),
  } as unknown as LayerTrace;
}

test('neurons are matched with the most alike of another layer, and by chance with where they are not', async () => {
  const spot = (at: number) => Float32Array.from({ length: 16 }, (_, p) => Number(p === at));
  const from = layerOf([spot(0), spot(5), new Float32Array(16)]);
  const to = layerOf([spot(7), spot(0), spot(3)]);
  const done: number[] = [];
  const matched = await matchNeurons(from, to, [0, 1, 2], new AbortController().signal, (count) => done.push(count));
  expect(done).toEqual([0, 1, 2]);
  // The third has the same value everywhere.
  expect(matched.correlations.map((one) => one.toFixed(2))).toEqual(['1.00', '-0.07']);
  expect(matched.neurons).toEqual([0, 1]);
  expect(matched.matches[0]).toBe(1);
  expect(matched.chance).toHaveLength(2);
  expect(shareFrom(matched.correlations, 0.7)).toBe(0.5);
  expect(shareFrom(matched.chance, 0.7)).toBe(0);
  expect(shareFrom([], 0.7)).toBe(Number.NaN);
});
