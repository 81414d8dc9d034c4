import { describe, expect, it } from 'vitest';
import { expectSoundResult } from '../../test/figures.js';
import { analyzeInMemory, type MemoryRun, noisyLayer } from '../../test/memory-context.js';
import { neuronsPerPixel } from './neurons-per-pixel.js';

const [height, width, pixels] = [4, 5, 20];
const run: MemoryRun = { height, width, layers: [noisyLayer('layer1', 30, pixels), noisyLayer('layer2', 6, pixels)] };

describe('neurons-per-pixel', () => {
  it('saves counts per pixel and the thresholds behind them', async () => {
    const result = await analyzeInMemory(neuronsPerPixel, run);
    expectSoundResult(result);
    expect(result.arrays.map(({ layer, name, shape }) => [layer, name, shape])).toEqual([
      ['layer1', 'area_0.1', [4, 5]],
      ['layer1', 'area_0.5', [4, 5]],
      ['layer2', 'area_0.1', [4, 5]],
      ['layer2', 'area_0.5', [4, 5]],
    ]);
    const { layer1 } = (result.values!.thresholds as Record<string, Record<string, Record<string, number>>>)[
      'frame-0000'
    ];
    for (const [area, { data }] of [
      ['0.1', result.arrays[0]],
      ['0.5', result.arrays[1]],
    ] as const) {
      for (let p = 0; p < pixels; p++) {
        const above = Array.from({ length: 30 }, (_, n) => Math.abs(run.layers[0].maps[0][n * pixels + p])).filter(
          (value) => value > layer1[area],
        );
        expect(data[p]).toBe(above.length);
      }
    }
    expect(layer1['0.5']).toBeGreaterThan(layer1['0.1']);
  });

  it('says which part of the neurons paints a pixel, and leaves the mean to the distribution', async () => {
    // One of four neurons carries everything.
    const maps = new Float32Array(4 * pixels).fill(1e-6);
    for (let p = 0; p < pixels; p++) maps[p] = 1 + p / 100;
    const { findings, figures, notes, tables } = await analyzeInMemory(
      neuronsPerPixel,
      { ...run, layers: [{ id: 'layer1', neurons: 4, maps: [maps] }] },
      { areas: [0.001] },
    );
    expect(findings).toEqual([
      "A pixel gets significant contributions from 25 % of the neurons in layer1 (10th to 90th percentile over pixels). Significant are the largest contributions that together make 99.9 % of the layer's total (α = 0.001).",
    ]);
    expect(notes!.at(-1)).toMatch(
      /^The mean over pixels .*contribution-distribution; its table has it as share_above, with τ\.$/,
    );
    expect(tables[0].columns.map(({ name }) => name)).toEqual([
      'frame',
      'layer',
      'alpha',
      'lower_decile',
      'median',
      'upper_decile',
    ]);
    expect(figures.map(({ name }) => name)).toEqual(['area-0.001']);
  });

  it('measures every frame of a video and draws some', async () => {
    const result = await analyzeInMemory(
      neuronsPerPixel,
      { ...run, layers: [noisyLayer('block1', 8, pixels, 3)] },
      { drawnFrames: 1, areas: [0.5] },
    );
    expectSoundResult(result);
    expect(result.arrays.map(({ frame }) => frame)).toEqual([0, 1, 2]);
    expect(result.figures.map(({ name }) => name)).toEqual(['area-0.5-frame-0000']);
  });
});
