import { omissionSentences } from '@xinc/core';
import { describe, expect, it } from 'vitest';
import { expectSoundResult } from '../../../test/figures.js';
import { analyzeInMemory, type MemoryRun, noise, noisyLayer } from '../../../test/memory-context.js';
import { faithfulness } from './faithfulness.js';

const [height, width] = [6, 8];
const pixels = height * width;

/** A run whose picture is the sum of its maps, seen through `effect`: without a neuron, its map is missing. */
function additive(run: MemoryRun, effect = (map: Float32Array) => map): MemoryRun {
  const seen = new Map(run.layers.map(({ id, maps }) => [id, maps.map(effect)]));
  return {
    ...run,
    abilities: {
      async ablate(layer, frame, neurons) {
        const maps = seen.get(layer)![frame];
        const rgb = new Float32Array(3 * pixels);
        for (let i = 0; i < maps.length; i++) {
          if (!neurons.includes(Math.floor(i / pixels))) rgb[3 * (i % pixels)] += maps[i];
        }
        return { height, width, rgb };
      },
    },
  };
}

const run: MemoryRun = { height, width, layers: [noisyLayer('layer1', 40, pixels), noisyLayer('layer2', 5, pixels)] };

describe('faithfulness', () => {
  it('is one where removing a neuron changes pixels by its contribution', async () => {
    const result = await analyzeInMemory(faithfulness, additive(run), { neurons: 12 });
    expectSoundResult(result);
    expect(result.arrays.map(({ layer, name, shape }) => [layer, name, shape])).toEqual([
      ['layer1', 'neurons', [12]],
      ['layer1', 'rank_correlation', [12]],
      ['layer1', 'effect', [12]],
      ['layer2', 'neurons', [5]],
      ['layer2', 'rank_correlation', [5]],
      ['layer2', 'effect', [5]],
    ]);
    expect(Math.min(...result.arrays[1].data)).toBeGreaterThan(0.99);
    for (const row of result.tables[0].rows) expect(row[7]).toBeGreaterThan(0.9);
    expect(result.findings[0]).toMatch(
      / is on average (1|0\.99\d) \((1|0\.99\d) to (1|0\.99\d)\) in layer1 and .* \(in brackets: 95 % intervals\)\.$/,
    );
  });

  it('tells two kinds of neurons apart, which one mean hides', async () => {
    const half = additive(run, (map) =>
      map.length > 5 * pixels ? map.map((value, i) => (i < 20 * pixels ? value : noise(map.length, 99)[i])) : map,
    );
    const { findings, tables } = await analyzeInMemory(faithfulness, half, { neurons: 40 });
    const [{ columns, rows }] = tables;
    const value = (name: string) => rows[0][columns.findIndex((column) => column.name === name)] as number;
    expect(value('rank_correlation')).toBeGreaterThan(0.4);
    expect(value('rank_correlation')).toBeLessThan(0.6);
    expect(value('quarter')).toBeLessThan(0.1);
    expect(value('three_quarters')).toBeGreaterThan(0.9);
    expect(value('below')).toBe(0.5);
    expect(findings[1]).toMatch(
      /^Lower and upper quartile over neurons: \S+ and \S+ in layer1 and \S+ and \S+ in layer2; below 0\.3 are 50 % of the neurons in layer1, none in the other layers\.$/,
    );
    const faithful = await analyzeInMemory(faithfulness, additive(run));
    expect(faithful.findings[1]).toMatch(/; none is below 0\.3\.$/);
  });

  it('is near zero where the change has nothing to do with the contribution', async () => {
    const unrelated = additive(run, (map) => noise(map.length, 99));
    const result = await analyzeInMemory(faithfulness, unrelated, { neurons: 40 });
    const [, , , , average, low, high] = result.tables[0].rows[0] as number[];
    expect(Math.abs(average)).toBeLessThan(0.1);
    expect(low).toBeLessThan(average);
    expect(high).toBeGreaterThan(average);
    expect(high - low).toBeLessThan(0.2);
  });

  it('draws the same neurons for the same seed, others for another', async () => {
    const drawn = async (seed: number) =>
      [...(await analyzeInMemory(faithfulness, { ...additive(run), seed }, { neurons: 6 })).arrays[0].data].join();
    expect(await drawn(1)).toBe(await drawn(1));
    expect(await drawn(1)).not.toBe(await drawn(2));
  });

  it('widens its interval with the confidence and gives none for two neurons', async () => {
    const unrelated = additive(run, (map) => noise(map.length, 99));
    const width = async (confidence: number, neurons = 20) => {
      const { tables } = await analyzeInMemory(faithfulness, unrelated, { neurons, confidence });
      const [low, high] = tables[0].rows[0].slice(5, 7) as number[];
      return high - low;
    };
    expect(await width(0.99)).toBeGreaterThan(await width(0.5));
    expect(await width(0.95, 2)).toBeNaN();
  });

  it('counts neurons without effect and goes on without layers that have none', async () => {
    const half = additive(run, (map) =>
      map.map((value, i) => (map.length > 5 * pixels && i >= 20 * pixels ? 0 : value)),
    );
    const result = await analyzeInMemory(faithfulness, half, { neurons: 40 });
    expectSoundResult(result);
    expect(result.tables[0].rows[0].slice(2, 4)).toEqual([40, 20]);
    const none = additive(run, (map) => (map.length > 5 * pixels ? map.map(() => 0) : map));
    const { omissions, tables } = await analyzeInMemory(faithfulness, none);
    expect(tables[0].rows.map((row) => row[1])).toEqual(['layer2']);
    expect(omissions).toEqual([{ layer: 'layer1', why: 'switching off its neurons changes nothing.' }]);
  });

  it('leaves out neurons without which the picture is not finite', async () => {
    const base = additive(run);
    const broken: MemoryRun = {
      ...base,
      abilities: {
        async ablate(layer, frame, neurons) {
          const picture = await base.abilities!.ablate!(layer, frame, neurons);
          if (layer === 'layer2' && neurons.includes(3)) picture.rgb.fill(Number.NaN);
          return picture;
        },
      },
    };
    const result = await analyzeInMemory(faithfulness, broken);
    expectSoundResult(result);
    expect(omissionSentences(result.omissions!)).toEqual([
      'layer2: 1 of 5 neurons were left out, the picture without them is NaN or infinite.',
    ]);
    expect([...result.arrays[3].data]).toEqual([0, 1, 2, 4]);
  });

  it('refuses a network whose picture has pixels that are NaN, and says how many', async () => {
    const base = additive(run);
    const ablate: NonNullable<NonNullable<MemoryRun['abilities']>['ablate']> = async (layer, frame, neurons) => {
      const picture = await base.abilities!.ablate!(layer, frame, neurons);
      picture.rgb[7] = Number.NaN;
      return picture;
    };
    await expect(analyzeInMemory(faithfulness, { ...base, abilities: { ablate } })).rejects.toThrow(
      `1 of the ${pixels} pixels that the network draws are NaN or infinite, so no change of them can be measured. Check the weights.`,
    );
  });

  it('refuses runs that cannot switch neurons off, and stops when cancelled', async () => {
    await expect(analyzeInMemory(faithfulness, run)).rejects.toThrow(
      'This run cannot switch single neurons off. Faithfulness needs it.',
    );
    const { abilities, ...base } = additive(run);
    const cancelled = { ...base, abilities: { ...abilities, signalAborted: AbortSignal.abort() } };
    await expect(analyzeInMemory(faithfulness, cancelled)).rejects.toThrow('Cancelled');
    await expect(analyzeInMemory(faithfulness, additive(run), { frame: 3 })).rejects.toThrow(
      'Frame 3 is not among those analysed. Choose frames with `frames`.',
    );
  });

  it('warns of large pictures', () => {
    const context = (height: number) => ({
      signal: { kind: 'image' as const, frames: 1, height, width: height },
      layers: [{ id: 'a', label: 'A', neurons: 500 }],
      frames: [0],
      groupings: [],
    });
    const chosen = faithfulness.options.parse({});
    expect(faithfulness.tooLong!(chosen, context(256))).toBeUndefined();
    expect(faithfulness.tooLong!(chosen, context(4000))).toBe(
      'running the network 24 times on 4000×4000 pixels takes about 10 minutes',
    );
  });
});
