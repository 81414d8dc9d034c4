import { describe, expect, it } from 'vitest';
import { expectSoundResult } from '../../test/figures.js';
import { analyzeInMemory, type MemoryRun, noisyLayer } from '../../test/memory-context.js';
import { contributionDistribution } from './contribution-distribution.js';
import { neuronsPerPixel } from './neurons-per-pixel.js';

const [height, width, pixels] = [8, 8, 64];
const run: MemoryRun = { height, width, layers: [noisyLayer('layer1', 30, pixels), noisyLayer('layer2', 6, pixels)] };

describe('contribution-distribution', () => {
  it('says how few values make up most of a layer', async () => {
    // A tenth of the values holds 9 of 10 parts of the total.
    const maps = Float32Array.from({ length: 10 * pixels }, (_, i) => (i < pixels ? -81 : 1));
    const { findings, tables } = await analyzeInMemory(
      contributionDistribution,
      { ...run, layers: [{ id: 'layer1', neurons: 10, maps: [maps] }] },
      { areas: [0.2] },
    );
    const [frame, layer, area, threshold, share, median] = tables[0].rows[0] as number[];
    expect([frame, layer, area]).toEqual([0, 'layer1', 0.2]);
    expect(Math.abs(threshold / 81 - 1)).toBeLessThan(1e-3);
    expect(Math.abs(share / ((0.8 * 90) / 810) - 1)).toBeLessThan(2e-3);
    expect(Math.abs(median - 1)).toBeLessThan(1e-3);
    expect(findings).toEqual([
      "On average over pixels, 8.89 % of the neurons in layer1 exceed the threshold τ (contributions above it make 80 % of the layer's total).",
    ]);
  });

  it('has the mean of neurons-per-pixel, as a share of the neurons, which that leaves out', async () => {
    const { tables } = await analyzeInMemory(contributionDistribution, run);
    const { arrays } = await analyzeInMemory(neuronsPerPixel, run);
    const means = arrays.map(({ data, layer }) => {
      const { neurons } = run.layers.find(({ id }) => id === layer)!;
      return Array.from(data).reduce((sum, count) => sum + count, 0) / pixels / neurons;
    });
    const shares = tables[0].rows.map((row) => row[4] as number);
    expect(shares).toHaveLength(4);
    for (const [i, share] of shares.entries()) expect(Math.abs(share - means[i])).toBeLessThan(0.01);
  });

  it('draws the sorted values of every layer downward, with the thresholds on the curve', async () => {
    const result = await analyzeInMemory(contributionDistribution, run);
    expectSoundResult(result);
    const [figure] = result.figures;
    const { values } = (figure.kind === 'chart' && figure.spec.data) as {
      values: { layer: string; value: number; percent: number; threshold?: string }[];
    };
    const ofLayer = values.filter(({ layer }) => layer.startsWith('Layer1'));
    const curve = ofLayer.filter(({ threshold }) => threshold === undefined);
    expect(curve.map(({ value }) => value)).toEqual(curve.map(({ value }) => value).sort((a, b) => b - a));
    const marks = ofLayer.filter(({ threshold }) => threshold !== undefined);
    expect(marks.map(({ threshold }) => threshold)).toEqual(['τ at α = 0.1', 'τ at α = 0.5']);
    for (const mark of marks) {
      const next = curve.findIndex(({ percent }) => percent >= mark.percent);
      expect(mark.value).toBeGreaterThanOrEqual(0.999 * curve[next].value);
      expect(mark.value).toBeLessThanOrEqual(1.001 * curve[next - 1].value);
    }
  });

  it('keeps the values at every half per cent of their ranks, downward', async () => {
    const maps = Float32Array.from({ length: 10 * pixels }, (_, i) => (i % 2 === 0 ? 1 : -1) * (i + 1));
    const { arrays } = await analyzeInMemory(contributionDistribution, {
      ...run,
      layers: [{ id: 'layer1', neurons: 10, maps: [maps] }],
    });
    expect(arrays.map(({ name, layer, shape }) => [name, layer, shape])).toEqual([['sorted', 'layer1', [201]]]);
    for (const i of [0, 1, 20, 100, 199, 200]) {
      expect(Math.abs(arrays[0].data[i] / (640 - (639 * i) / 200) - 1)).toBeLessThan(1e-3);
    }
  });

  it('covers the frames of a video', async () => {
    const result = await analyzeInMemory(
      contributionDistribution,
      { ...run, layers: [noisyLayer('block1', 8, pixels, 3)] },
      { drawnFrames: 2 },
    );
    expectSoundResult(result);
    expect(result.tables[0].rows.map((row) => row[0])).toEqual([0, 0, 1, 1, 2, 2]);
    expect(result.figures.map(({ name }) => name)).toEqual(['distribution-frame-0000', 'distribution-frame-0002']);
  });
});
