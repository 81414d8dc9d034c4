import { describe, expect, test } from 'vitest';
import type { CustomCollector } from '../statistics/custom-collector.js';
import type { MapBlock } from '../trace/map-block.js';
import { checkCollector } from './check-collector.js';

/* A collector that is right, and each fault by itself. */

type Layer = Parameters<CustomCollector['start']>[0];

/** Σ_p c_n(p)² per neuron. */
const squares = (accept: (sums: Float64Array, block: MapBlock, layer: Layer) => unknown = add): CustomCollector => ({
  name: 'squares',
  start(layer) {
    const sums = new Float64Array(layer.neurons);
    return { accept: (block) => accept(sums, block, layer) as undefined, result: () => sums };
  },
});

function add(sums: Float64Array, { neurons, region, maps }: MapBlock) {
  const area = region.height * region.width;
  for (const [i, n] of neurons.entries()) for (let p = 0; p < area; p++) sums[n] += maps[i * area + p] ** 2;
}

test('a collector that is right passes, and its rounding is measured', () => {
  expect(checkCollector(squares()).parts).toBeLessThan(1e-14);
});

let kept: Float64Array | undefined;
const waiting: Float32Array[] = [];

describe('what is wrong is told', () => {
  test.each<readonly [string, CustomCollector, string]>([
    [
      'the last block alone',
      squares((sums, block) => {
        sums.fill(0);
        add(sums, block);
      }),
      "its result of pieces of its neurons is not that of the whole at '0': 0, not",
    ],
    [
      'neurons told by their place in the block',
      squares((sums, block) => add(sums, { ...block, neurons: block.neurons.map((_, i) => i) })),
      'its result of pieces of its neurons is not that of the whole',
    ],
    [
      'a value for each tile in place of their sum',
      squares((sums, block, { height, width }) => {
        const area = block.region.height * block.region.width;
        for (const [i, n] of block.neurons.entries()) sums[n] = block.maps[i * area] * height * width;
      }),
      'its result of tiles of some rows is not that of the whole',
    ],
    [
      'an order that matters',
      squares((sums, block) => {
        for (const n of block.neurons) sums[n] = sums.filter((sum) => sum !== 0).length + 1;
      }),
      'its result of pieces of its neurons, the last first is not that of the whole',
    ],
    [
      'accumulators that share',
      {
        name: 'squares',
        start({ neurons, id }) {
          if (id === 'layer1') kept = new Float64Array(neurons);
          return { accept: (block) => add(kept!, block), result: () => kept!.slice() };
        },
      },
      'two layers gathered at once disturb one another',
    ],
    [
      'maps that are kept',
      {
        name: 'squares',
        start: () => {
          waiting.splice(0);
          return {
            accept: ({ maps }) => void waiting.push(maps),
            result: () => waiting.reduce((sum, [first]) => sum + first, 0),
          };
        },
      },
      'its result is NaN',
    ],
    [
      'maps that it changes',
      squares((sums, block) => {
        add(sums, block);
        block.maps[3] = 0;
      }),
      'accept changes the maps that it is given: value 3 is 0 after it, and was ',
    ],
    ['a promise', squares(async (sums, block) => add(sums, block)), 'accept gave a promise'],
  ])('%s', (_what, collector, message) => {
    expect(() => checkCollector(collector)).toThrow(`collector 'squares': ${message}`);
  });
});
