import { omissionSentences, type RasterFigure } from '@xinc/core';
import { describe, expect, it } from 'vitest';
import { expectSoundResult } from '../../../test/figures.js';
import { analyzeInMemory, type MemoryRun, noisyLayer } from '../../../test/memory-context.js';
import { canvas } from './canvas.js';

const pixels = 30;
const run: MemoryRun = {
  height: 5,
  width: 6,
  layers: [noisyLayer('layer1', 40, pixels), noisyLayer('layer2', 7, pixels)],
};
const raster = (figures: readonly unknown[], name: string) =>
  figures.find((figure) => (figure as RasterFigure).name === name) as RasterFigure;

describe('canvas', () => {
  it('saves the totals per neuron and per pixel, which add up to the same number', async () => {
    const result = await analyzeInMemory(canvas, run);
    expectSoundResult(result);
    expect(result.arrays.map(({ layer, name, shape }) => [layer, name, shape])).toEqual([
      ['layer1', 'neuron_abs_sum', [40]],
      ['layer1', 'pixel_abs_sum', [5, 6]],
      ['layer2', 'neuron_abs_sum', [7]],
      ['layer2', 'pixel_abs_sum', [5, 6]],
    ]);
    const sums = result.arrays.map(({ data }) => [...data].reduce((a, b) => a + b, 0));
    expect(sums[0]).toBeCloseTo(sums[1], 6);
    expect(sums[2]).toBeCloseTo(sums[3], 6);
  });

  it('shows neurons at evenly spaced ranks, strongest first, whatever their order in the layer', async () => {
    const { values, figures } = await analyzeInMemory(canvas, run, { neurons: 4 });
    const totals = (n: number) =>
      run.layers[0].maps[0].slice(n * pixels, (n + 1) * pixels).reduce((sum, c) => sum + Math.abs(c), 0);
    const ranked = Array.from({ length: 40 }, (_, n) => n).sort((a, b) => totals(b) - totals(a));
    const expected = [0, 13, 26, 39].map((rank) => ranked[rank]);
    expect((values!.shownNeurons as Record<string, number[]>).layer1).toEqual(expected);
    expect(raster(figures, 'maps-layer1').panels.map(({ title }) => title)).toEqual(expected.map((n) => `neuron ${n}`));
  });

  it('draws magnitudes on one scale that ends at the percentile asked for', async () => {
    const { figures, values } = await analyzeInMemory(canvas, run, { clip: 100, neurons: 7 });
    const { scale, panels } = raster(figures, 'maps-layer2');
    const largest = run.layers[1].maps[0].reduce((max, c) => Math.max(max, Math.abs(c)), 0);
    expect(scale!.domain[0]).toBe(0);
    expect(scale!.domain[1]).toBeCloseTo(largest, 6);
    expect(values!.scales).toHaveProperty('maps-layer2', scale!.domain[1]);
    expect(panels.every(({ pixels }) => pixels.kind === 'values' && pixels.values.every((value) => value >= 0))).toBe(
      true,
    );
  });

  it('tells how many of the maps that it shows are there, frame after frame, since they take long on large pictures', async () => {
    const told: [string, number][] = [];
    const progress = (step: string, share: number) => told.push([step, share]);
    const layers = [noisyLayer('layer1', 40, pixels, 2), noisyLayer('layer2', 7, pixels, 2)];
    await analyzeInMemory(canvas, { ...run, layers, abilities: { progress } }, { neurons: 1, drawnFrames: 2 });
    expect(told).toEqual([
      ['maps of layer1 on frame 0', 0],
      ['maps of layer1 on frame 0', 0.25],
      ['maps of layer2 on frame 0', 0.25],
      ['maps of layer2 on frame 0', 0.5],
      ['maps of layer1 on frame 1', 0.5],
      ['maps of layer1 on frame 1', 0.75],
      ['maps of layer2 on frame 1', 0.75],
      ['maps of layer2 on frame 1', 1],
    ]);
  });

  it('shows the picture, its reconstruction and the pixel totals of each layer', async () => {
    const { figures } = await analyzeInMemory(canvas, run);
    expect(figures.map(({ name }) => name)).toEqual(['maps-layer1', 'maps-layer2', 'pixel-totals', 'neuron-totals']);
    expect(raster(figures, 'pixel-totals').panels.map(({ title }) => title)).toEqual([
      'signal',
      'reconstruction',
      'Layer1 · 40 neurons',
      'Layer2 · 7 neurons',
    ]);
  });

  it('says how much the strongest neurons carry and how many are dead', async () => {
    const maps = new Float32Array(20 * pixels).fill(1);
    maps.fill(18, 0, pixels);
    maps.fill(0, 19 * pixels);
    const { findings, tables } = await analyzeInMemory(canvas, {
      ...run,
      layers: [{ id: 'layer1', neurons: 20, maps: [maps] }],
    });
    // 19 live neurons, a tenth of them rounds up to two: (18 + 1) of 18 + 18.
    expect(findings).toEqual([
      'The strongest tenth of the live neurons makes 52.8 % of the total contribution in layer1.',
      'Dead neurons, which contribute to no pixel: 1 of 20 in layer1.',
    ]);
    expect(tables[0].rows).toEqual([[0, 'layer1', 20, 1, 36 / 20, 18, 0, 0.5, 19 / 36]]);
  });

  it('shows the same neurons on every frame drawn of a video', async () => {
    const video = { ...run, layers: [noisyLayer('block1', 30, pixels, 4)] };
    const result = await analyzeInMemory(canvas, video, { neurons: 5, drawnFrames: 2 });
    expectSoundResult(result);
    const titles = ['maps-block1-frame-0000', 'maps-block1-frame-0003'].map((name) =>
      raster(result.figures, name).panels.map(({ title }) => title),
    );
    expect(titles[0]).toEqual(titles[1]);
    expect(result.arrays).toHaveLength(8);
  });

  it('averages large maps down for the mosaic and keeps their mean', async () => {
    const [height, width] = [300, 301];
    const big = { height, width, layers: [noisyLayer('layer1', 2, height * width)] };
    const { figures } = await analyzeInMemory(canvas, big);
    const [panel] = raster(figures, 'maps-layer1').panels;
    expect([panel.height, panel.width]).toEqual([150, 151]);
    expectSoundResult(await analyzeInMemory(canvas, big));
  });

  it('goes on without a reconstruction that is no picture', async () => {
    const abilities = {
      reconstruction: async () => ({ height: 5, width: 6, rgb: new Float32Array(3 * pixels).fill(Number.NaN, 7) }),
    };
    const result = await analyzeInMemory(canvas, { ...run, abilities });
    expectSoundResult(result);
    expect(omissionSentences(result.omissions!)).toEqual([
      'The reconstruction was not drawn: 28 of its 30 pixels are NaN (check the weights).',
    ]);
    const titles = raster(result.figures, 'pixel-totals').panels.map(({ title }) => title);
    expect(titles).not.toContain('reconstruction');
    expect(titles[0]).toBe('signal');
  });

  it('says of how many neurons the strongest tenth is one where there are few, and of dead ones on some frames', async () => {
    const few = await analyzeInMemory(canvas, { ...run, layers: [run.layers[1]] });
    expect(few.findings[0]).toMatch(/ in layer2 \(one neuron of 7\)\.$/);
    const video = noisyLayer('block1', 12, pixels, 4);
    video.maps[2].fill(0, 0, pixels);
    const { findings } = await analyzeInMemory(canvas, { ...run, layers: [video] });
    expect(findings[1]).toBe('Dead neurons, which contribute to no pixel: 0.25 of 12 in block1 (mean over frames).');
  });

  it('leaves out a layer whose sums are beyond float32, though its neurons are finite', async () => {
    const huge = { id: 'layer1', neurons: 2, maps: [new Float32Array(2 * pixels).fill(3e38)] };
    const result = await analyzeInMemory(canvas, { ...run, layers: [huge, run.layers[1]] });
    expect(result.findings.join()).not.toMatch(/NaN|Infinity/);
    expect(result.tables[0].rows.map((row) => row[1])).toEqual(['layer1', 'layer2']);
  });

  it('goes on without dead and broken layers', async () => {
    const dead = { id: 'layer2', neurons: 3, maps: [new Float32Array(3 * pixels)] };
    const result = await analyzeInMemory(canvas, { ...run, layers: [run.layers[0], dead] });
    expectSoundResult(result);
    expect(result.omissions).toEqual([
      { layer: 'layer2', why: 'all of its 3 neurons are dead, they contribute nothing.' },
    ]);
    const broken = { id: 'layer1', neurons: 2, maps: [new Float32Array(2 * pixels).fill(Number.NaN)] };
    await expect(analyzeInMemory(canvas, { ...run, layers: [broken] })).rejects.toThrow(
      'No layer has contributions to analyse: layer1 was left out: the contributions of 2 of its 2 neurons are NaN or infinite (check the weights).',
    );
  });
});
