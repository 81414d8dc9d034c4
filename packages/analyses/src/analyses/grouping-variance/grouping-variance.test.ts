import { omissionSentences } from '@xinc/core';
import { describe, expect, it } from 'vitest';
import { expectSoundResult } from '../../../test/figures.js';
import { analyzeInMemory, labelMap, type MemoryRun, noisyLayer } from '../../../test/memory-context.js';
import { groupingVariance } from '../../numeric/grouping-variance.js';
import { groupingVarianceAnalysis } from './grouping-variance.js';

const pixels = 24;
const columns = labelMap(
  4,
  6,
  Array.from({ length: pixels }, (_, p) => p % 6),
);
const halves = labelMap(
  4,
  6,
  Array.from({ length: pixels }, (_, p) => (p < 12 ? 0 : 1)),
);
const run: MemoryRun = {
  height: 4,
  width: 6,
  layers: [noisyLayer('layer1', 12, pixels), noisyLayer('layer2', 5, pixels)],
  groupings: { grid: [columns], rgb: [halves] },
};

/** |c| of columns equals, of halves differs: neurons that respect `halves` only. */
const respectsHalves = {
  id: 'layer1',
  neurons: 2,
  maps: [Float32Array.from({ length: 2 * pixels }, (_, i) => (i % pixels < 12 ? 1 : -3))],
};

describe('grouping-variance', () => {
  it('saves one array per grouping and layer, the variances of its neurons', async () => {
    const result = await analyzeInMemory(groupingVarianceAnalysis, run);
    expectSoundResult(result);
    expect(result.arrays.map(({ layer, name, shape }) => [layer, name, shape])).toEqual([
      ['layer1', 'grid', [12]],
      ['layer1', 'rgb', [12]],
      ['layer2', 'grid', [5]],
      ['layer2', 'rgb', [5]],
    ]);
    const { maps } = run.layers[1];
    const sums = new Float64Array(5 * 6);
    for (const [i, value] of maps[0].entries()) sums[Math.floor(i / pixels) * 6 + (i % 6)] += Math.abs(value);
    const totals = Float64Array.from({ length: 5 }, (_, n) => sums.slice(6 * n, 6 * n + 6).reduce((a, b) => a + b));
    const expected = groupingVariance(sums, totals, new Uint32Array(6).fill(4), { absolute: false });
    for (const [n, value] of result.arrays[2].data.entries()) expect(value).toBeCloseTo(expected[n], 10);
  });

  it('says over which grouping contributions vary least', async () => {
    const { findings, values } = await analyzeInMemory(groupingVarianceAnalysis, { ...run, layers: [respectsHalves] });
    expect(findings).toEqual([
      'Contributions vary least over the groups of grid in layer1.',
      'Median variance over the groups, by layer: layer1: grid 0 < rgb 0.5.',
    ]);
    expect(values!.medians).toEqual({ layer1: { grid: 0, rgb: 0.5 } });
  });

  it('takes absolute deviations where the published code does', async () => {
    const published = await analyzeInMemory(
      groupingVarianceAnalysis,
      { ...run, layers: [respectsHalves] },
      groupingVarianceAnalysis.presets!.published,
    );
    expect(published.values).toEqual({ medians: { layer1: { grid: 0, rgb: 0 } }, absolute: ['rgb'] });
  });

  it('draws one panel per layer with a curve per grouping, and the groupings', async () => {
    const { figures } = await analyzeInMemory(groupingVarianceAnalysis, run);
    expect(figures.map(({ name }) => name)).toEqual(['variance', 'groupings']);
    expect(figures[0]).toMatchObject({
      kind: 'chart',
      spec: { facet: { sort: ['Layer1 · 12 neurons', 'Layer2 · 5 neurons'] } },
    });
    expect(figures[0].caption).toContain('The numbers of groups differ (grid 6 and rgb 2)');
  });

  it('compares categories only where they are asked for or alone', async () => {
    const withCategories = { ...run, groupings: { ...run.groupings, categories: [halves] } };
    const compared = async (one: MemoryRun, options = {}) => [
      ...new Set((await analyzeInMemory(groupingVarianceAnalysis, one, options)).arrays.map(({ name }) => name)),
    ];
    expect(await compared(withCategories)).toEqual(['grid', 'rgb']);
    expect(await compared(withCategories, { groupings: ['categories', 'rgb'] })).toEqual(['categories', 'rgb']);
    expect(await compared({ ...run, groupings: { categories: [halves] } })).toEqual(['categories']);
  });

  it('measures every frame of a video and draws some', async () => {
    const frames = 5;
    const video = {
      ...run,
      layers: [noisyLayer('block1', 6, pixels, frames)],
      groupings: { grid: Array.from({ length: frames }, () => columns) },
    };
    const result = await analyzeInMemory(groupingVarianceAnalysis, video, { drawnFrames: 2 });
    expectSoundResult(result);
    expect(result.arrays.map(({ frame }) => frame)).toEqual([0, 1, 2, 3, 4]);
    expect(result.figures.map(({ name }) => name)).toEqual([
      'variance-frame-0000',
      'groupings-frame-0000',
      'variance-frame-0004',
      'groupings-frame-0004',
    ]);
    expect(result.omissions).toEqual([]);
    expect(result.notes).toEqual(['Figures show 2 of 5 frames; arrays and tables cover all.']);
  });

  it('counts dead neurons and gives them NaN', async () => {
    const [layer] = run.layers;
    const maps = [layer.maps[0].slice()];
    maps[0].fill(0, 0, 2 * pixels);
    const { arrays, tables } = await analyzeInMemory(groupingVarianceAnalysis, {
      ...run,
      layers: [{ ...layer, maps }],
    });
    expect([...arrays[0].data.slice(0, 3)].map(Number.isNaN)).toEqual([true, true, false]);
    expect(tables[0].rows[0].slice(0, 6)).toEqual([0, 'layer1', 'grid', 6, 10, 2]);
  });

  it('leaves out a grouping with a single group and ignores groups without pixels, saying so', async () => {
    const result = await analyzeInMemory(groupingVarianceAnalysis, {
      ...run,
      groupings: {
        instances: [labelMap(4, 6, new Uint16Array(pixels))],
        rgb: [{ ...halves, groups: [...halves.groups, { name: 'ghost' }] }],
      },
    });
    expectSoundResult(result);
    expect(omissionSentences(result.omissions!)).toEqual([
      "Grouping 'instances' was left out: it has a single group, and a variance over groups needs two.",
      "Grouping 'rgb': 1 of 3 groups have no pixels and were ignored (ghost).",
    ]);
    expect(new Set(result.arrays.map(({ name }) => name))).toEqual(new Set(['rgb']));
  });

  it('refuses when no grouping divides the picture, or none of that name is there', async () => {
    const single = { ...run, groupings: { grid: [labelMap(4, 6, new Uint16Array(pixels))] } };
    await expect(analyzeInMemory(groupingVarianceAnalysis, single)).rejects.toThrow(
      "No grouping divides the picture: Grouping 'grid' was left out: it has a single group, and a variance over groups needs two. Use one with at least two groups, for instance `groupings: rgb:32,grid:4x8`.",
    );
    await expect(analyzeInMemory(groupingVarianceAnalysis, run, { groupings: ['gabor'] })).rejects.toThrow(
      "Grouping 'gabor' is not part of this run. There are grid and rgb.",
    );
    await expect(analyzeInMemory(groupingVarianceAnalysis, { ...run, groupings: {} })).rejects.toThrow(
      'There is no grouping to compare. Name some, for instance `groupings: rgb:32,grid:4x8`.',
    );
  });

  it('calls groupings that vary alike a tie', async () => {
    const even = { id: 'layer1', neurons: 2, maps: [new Float32Array(2 * pixels).fill(1)] };
    const { findings } = await analyzeInMemory(groupingVarianceAnalysis, { ...run, layers: [even] });
    expect(findings[0]).toMatch(/^Contributions vary least over the groups of .* and .* alike in layer1\.$/);
    expect(findings[1]).toContain(' = ');
    expect(findings[1]).not.toContain('<');
  });

  it('leaves out layers that are dead or not finite and goes on with the others', async () => {
    const dead = { id: 'layer2', neurons: 3, maps: [new Float32Array(3 * pixels)] };
    const broken = { id: 'layer3', neurons: 2, maps: [new Float32Array(2 * pixels).fill(1).fill(Number.NaN, pixels)] };
    const result = await analyzeInMemory(groupingVarianceAnalysis, { ...run, layers: [run.layers[0], dead, broken] });
    expectSoundResult(result);
    expect(omissionSentences(result.omissions!)).toEqual([
      'layer2 was left out: all of its 3 neurons are dead, they contribute nothing.',
      'layer3 was left out: the contributions of 1 of its 2 neurons are NaN or infinite (check the weights).',
    ]);
    await expect(analyzeInMemory(groupingVarianceAnalysis, { ...run, layers: [dead] })).rejects.toThrow(
      'No layer has contributions to analyse: layer2 was left out: all of its 3 neurons are dead',
    );
  });
});
