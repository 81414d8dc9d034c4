import { groupSizes, type LabelMap } from '@xinc/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelMap, noise } from '../../test/memory-context.js';
import type { LiveLayer } from '../scope/live-layers.js';
import { neuronVectors } from './neuron-vectors.js';

/** What is known of these maps, [N, pixels]. */
function layerOf(maps: Float32Array, map: LabelMap): LiveLayer {
  const pixels = map.labels.length;
  const neurons = maps.length / pixels;
  const magnitude = (n: number) => maps.subarray(n * pixels, (n + 1) * pixels).map(Math.abs);
  const groups = map.groups.length;
  const sums = new Float64Array(neurons * groups);
  for (const [i, value] of maps.entries())
    sums[Math.floor(i / pixels) * groups + map.labels[i % pixels]] += Math.abs(value);
  const totals = Float64Array.from({ length: neurons }, (_, n) => magnitude(n).reduce((a, b) => a + b, 0));
  return {
    layer: { id: 'layer1', label: 'Layer 1', neurons },
    frame: 0,
    totals,
    census: { live: Uint32Array.from({ length: neurons }, (_, n) => n), dead: 0, broken: 0 },
    statistics: {
      neurons,
      custom: {},
      groupSums: { gabor: sums },
      neuronTotals: {
        sum: totals,
        min: Float32Array.from({ length: neurons }, (_, n) => Math.min(...magnitude(n))),
        max: Float32Array.from({ length: neurons }, (_, n) => Math.max(...magnitude(n))),
      },
    },
  };
}

describe('neuronVectors', () => {
  it('averages maps scaled to 0 … 1 over groups with pixels', () => {
    const map = labelMap(1, 4, [0, 0, 2, 2], 3);
    const layer = layerOf(Float32Array.of(1, -2, 3, 3), map);
    expect(neuronVectors(layer, 'gabor', groupSizes(map), [0])).toEqual({
      values: Float32Array.of(0.25, 1),
      dimensions: 2,
    });
  });

  it('gives zeros for a map that is the same everywhere', () => {
    const map = labelMap(1, 4, [0, 1, 1, 0]);
    const layer = layerOf(Float32Array.of(-2, 2, 2, -2), map);
    expect([...neuronVectors(layer, 'gabor', groupSizes(map), [0]).values]).toEqual([0, 0]);
  });

  it('weighted by area adds up to the scaled mean of the whole map, in any order of neurons', () => {
    const labels = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(labels, fc.integer({ min: 1, max: 1000 }), (ofPixels, seed) => {
        const map = labelMap(3, 4, ofPixels, 5);
        const layer = layerOf(noise(3 * 12, seed), map);
        const sizes = groupSizes(map);
        const present = [...sizes].filter((size) => size > 0);
        const { values, dimensions } = neuronVectors(layer, 'gabor', sizes, [2, 0, 1]);
        expect(dimensions).toBe(present.length);
        const { min, max, sum } = layer.statistics.neuronTotals!;
        for (const [i, n] of [2, 0, 1].entries()) {
          const weighted = present.reduce((total, size, k) => total + size * values[i * dimensions + k], 0) / 12;
          expect(weighted).toBeCloseTo((sum[n] / 12 - min[n]) / (max[n] - min[n]), 5);
        }
      }),
    );
  });
});
