import { omissionSentences } from '@xinc/core';
import { describe, expect, it } from 'vitest';
import { expectSoundResult } from '../../../test/figures.js';
import { analyzeInMemory, labelMap, type MemoryRun, noise, noisyLayer } from '../../../test/memory-context.js';
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

  /** Neurons that differ between halves by about that part of their mean, and between columns by another. */
  const dependsOn = (id: string, neurons: number, ofHalves: number, ofColumns: number) => {
    const jitter = noise(2 * neurons, 3);
    const value = (n: number, p: number) =>
      10 +
      10 * ofHalves * (0.8 + 0.4 * jitter[2 * n]) * (p < 12 ? 1 : -1) +
      10 * ofColumns * (0.8 + 0.4 * jitter[2 * n + 1]) * (p % 2 === 0 ? 1 : -1);
    const maps = Float64Array.from({ length: neurons * pixels }, (_, i) => value(Math.floor(i / pixels), i % pixels));
    return { id, neurons, maps: [Float32Array.from(maps)] };
  };
  const stripes = labelMap(
    4,
    6,
    Array.from({ length: pixels }, (_, p) => p % 2),
  );
  const findingsOf = async (...layers: MemoryRun['layers']) =>
    (await analyzeInMemory(groupingVarianceAnalysis, { ...run, layers, groupings: { grid: [stripes], rgb: [halves] } }))
      .findings;

  it('says what neurons depend on least, by how much, and with as many groups of each', async () => {
    const [least, ranking, published, ...rest] = await findingsOf(dependsOn('layer1', 40, 0.4, 0.1));
    expect(rest).toEqual([]);
    expect(least).toBe('In layer1, neurons depend least on position (grid), next on colour (rgb).');
    const [, spread, times, low, high] =
      /^In layer1, a group's mean contribution typically differs from the neuron's mean by: position \(grid\) ([\d.]+) %; colour \(rgb\) [\d.]+ % \(([\d.]+) times position; interval ([\d.]+) to ([\d.]+)\)\. Median of 40 neurons, with 2 groups of each grouping and 95 % confidence\.$/
        .exec(ranking)!
        .map(Number);
    expect(Math.abs(spread - 10)).toBeLessThan(1);
    expect(Math.abs(times - 4)).toBeLessThan(0.5);
    expect([low < times, times < high, low > 3, high < 5]).toEqual([true, true, true, true]);
    expect(published).toMatch(
      /^By the published variance, .*: in layer1, neurons depend least on position \(grid\)\.$/,
    );
  });

  it('calls a grouping by its name where two are of one kind', async () => {
    const groupings = { 'grid:2x1': [stripes], 'grid:1x2': [halves] };
    const layers = [dependsOn('layer1', 40, 0.4, 0.1)];
    const { findings } = await analyzeInMemory(groupingVarianceAnalysis, { ...run, layers, groupings });
    expect(findings[1]).toMatch(/; position \(grid:1x2\) [\d.]+ % \([\d.]+ times grid:2x1; interval /);
  });

  it('calls a difference within noise a tie', async () => {
    const [least, ranking] = await findingsOf(dependsOn('layer1', 12, 0.2, 0.2));
    expect(least).toMatch(/^In layer1, neurons depend least on .* and .*, a tie\.$/);
    expect(ranking).toMatch(
      / by: .* 1?\d[\d.]* % and .* [\d.]+ %, a tie\. Median of 12 neurons, with 2 groups of each grouping\.$/,
    );
    expect(ranking).not.toContain('times');
  });

  it('tells what it finds layer by layer, the same every time', async () => {
    const layers = [
      dependsOn('layer1', 20, 0.4, 0.1),
      dependsOn('layer2', 20, 0.1, 0.4),
      dependsOn('layer3', 20, 0.5, 0.1),
    ];
    const found = await findingsOf(...layers);
    expect(found[0]).toBe(
      'In layer1 and layer3, neurons depend least on position (grid), next on colour (rgb); in layer2, on colour (rgb), next on position (grid).',
    );
    expect(found).toHaveLength(5);
    expect(await findingsOf(...layers)).toEqual(found);
  });

  it('ranks nothing by five neurons, which cannot show a difference', async () => {
    const [least, ranking] = await findingsOf(dependsOn('layer1', 5, 0.4, 0.1));
    expect(least).toBe('In layer1, too few neurons to tell what they depend on least.');
    expect(ranking).toContain(' Median of 5 neurons, with 2 groups of each grouping.');
    expect(ranking).not.toContain('times');
  });

  it('does not let tiny groups make a grouping the one that matters', async () => {
    const [height, width] = [32, 48];
    const labelled = (labelOf: (p: number) => number) =>
      labelMap(
        height,
        width,
        Array.from({ length: height * width }, (_, p) => labelOf(p)),
      );
    // Six groups each: columns of 256 pixels, and five dots of 12 pixels beside all others.
    const cells = labelled((p) => Math.floor((p % width) / 8));
    const dots = labelled((p) => (p < 60 ? 1 + Math.floor(p / 12) : 0));
    const maps = noise(60 * height * width, 8);
    const { tables } = await analyzeInMemory(groupingVarianceAnalysis, {
      height,
      width,
      layers: [{ id: 'layer1', neurons: 60, maps: [maps] }],
      groupings: { grid: [cells], instances: [dots] },
    });
    const places = tables[1].rows.map((row) => row.slice(1, 4));
    expect(places.slice(0, 2).map(([measure, place]) => [measure, place])).toEqual([
      ['spread', 1],
      ['spread', 1],
    ]);
    expect(places.slice(2)).toEqual([
      ['published', 1, 'grid'],
      ['published', 2, 'instances'],
    ]);
  });

  it('ranks a video by the mean over the frames on which a neuron is live and all groupings divide the picture', async () => {
    const [first, second] = [dependsOn('block1', 8, 0.4, 0.1).maps[0], dependsOn('block1', 8, 0.2, 0.1).maps[0]];
    second.fill(0, 0, pixels);
    const whole = labelMap(4, 6, new Uint16Array(pixels));
    const video = (frames: readonly Float32Array[], rgb: MemoryRun['groupings']) =>
      analyzeInMemory(groupingVarianceAnalysis, {
        ...run,
        layers: [{ id: 'block1', neurons: 8, maps: frames }],
        groupings: { grid: frames.map(() => columns), ...rgb },
      });
    const spreadsOf = async (...of: Parameters<typeof video>) => {
      const { tables } = await video(...of);
      return tables[1].rows.slice(0, 2).map((row) => [row[3], row[6]] as const);
    };
    const alone = await spreadsOf([first], { rgb: [halves] });
    expect(await spreadsOf([first, first], { rgb: [halves, halves] })).toEqual(alone);
    // On the second frame there is nothing that rgb divides.
    expect(await spreadsOf([first, second], { rgb: [halves, whole] })).toEqual(alone);
    const [, [, ofBoth]] = await spreadsOf([first, second], { rgb: [halves, halves] });
    const [[, least], [, most]] = [(await spreadsOf([second, second], { rgb: [halves, halves] }))[1], alone[1]];
    expect([Number(least) < Number(ofBoth), Number(ofBoth) < Number(most)]).toEqual([true, true]);
    expect((await video([first, second], { rgb: [halves, halves] })).findings[1]).toContain(
      ' Median of 8 neurons on 2 frames, with 2 groups of each grouping and 95 % confidence.',
    );
  });

  it('stores both rankings, places shared by ties, with margins', async () => {
    const { tables } = await analyzeInMemory(groupingVarianceAnalysis, {
      ...run,
      layers: [dependsOn('layer1', 40, 0.4, 0.1)],
    });
    const { name, rows } = tables[1];
    expect(name).toBe('ranking');
    expect(rows.map((row) => row.slice(0, 6))).toEqual([
      ['layer1', 'spread', 1, 'grid', 2, 40],
      ['layer1', 'spread', 2, 'rgb', 2, 40],
      ['layer1', 'published', 1, 'grid', 6, 40],
      ['layer1', 'published', 2, 'rgb', 2, 40],
    ]);
    expect(rows[0].slice(8)).toEqual([null, null, null]);
    const [[leastBefore, mostBefore], [least, most, times, low, high]] = [rows[0], rows[1]].map(
      (row) => row.slice(6) as number[],
    );
    expect(times).toBeCloseTo(Math.sqrt((least * most) / (leastBefore * mostBefore)), 10);
    expect(low <= times && times <= high).toBe(true);
    // Six columns were merged into two: at random, or so that what tells them apart is left.
    expect(leastBefore / mostBefore).toBeCloseTo(Math.sqrt(1 / 5), 3);
    expect(least).toBe(most);
  });

  it('says the median of a grouping that is alone', async () => {
    const { findings, tables, values } = await analyzeInMemory(groupingVarianceAnalysis, {
      ...run,
      layers: [respectsHalves],
      groupings: { rgb: [halves] },
    });
    expect(findings).toEqual([
      "The variance of a neuron's contribution over groups is in the median 0.5 over rgb in layer1.",
    ]);
    expect(tables).toHaveLength(1);
    expect(values!.medians).toEqual({ layer1: { rgb: 0.5 } });
  });

  it('calls a tie what depends on how groups are merged, and says between what it is', async () => {
    // Columns vary more than halves if those that are alike are merged, and less if any are.
    const { findings } = await analyzeInMemory(groupingVarianceAnalysis, {
      ...run,
      layers: [dependsOn('layer1', 40, 0.2, 0.3)],
    });
    expect(findings[0]).toBe('In layer1, neurons depend least on position (grid) and colour (rgb), a tie.');
    expect(findings[1]).toMatch(
      / by: position \(grid\) 13[\d.]* to [23]\d[\d.]* % and colour \(rgb\) [12]\d[\d.]* %, a tie\. Median /,
    );
    const clear = await analyzeInMemory(groupingVarianceAnalysis, {
      ...run,
      layers: [dependsOn('layer1', 40, 0.4, 0.1)],
    });
    expect(clear.findings[1]).toMatch(
      /; colour \(rgb\) [\d.]+ % \([\d.]+ times position; interval 3[\d.]* to [\d.]+\)\. Median /,
    );
  });

  it('ranks what has far more groups than others by the published variance only, and says so', async () => {
    const [height, width] = [30, 40];
    const area = height * width;
    const divided = (groups: number) =>
      labelMap(
        height,
        width,
        Array.from({ length: area }, (_, p) => p % groups),
      );
    const of = (groupings: MemoryRun['groupings']) =>
      analyzeInMemory(groupingVarianceAnalysis, { height, width, layers: [noisyLayer('layer1', 8, area)], groupings });
    const advice = 'Ask for as many groups of each, for instance `groupings: rgb:8,grid:2x4`.';
    const both = await of({ grid: [divided(area)], rgb: [divided(2)] });
    expect(both.findings).toEqual([
      expect.stringMatching(/^By the published variance, .*: in layer1, neurons depend least on colour \(rgb\)\.$/),
    ]);
    expect(both.notes).toEqual([
      `grid and rgb are ranked by the published variance only: the numbers of groups differ too much from those of others (more than 4 times), or are above 1,024. ${advice}`,
    ]);
    const three = await of({ instances: [divided(3)], grid: [divided(20)], rgb: [divided(24)] });
    expect(three.tables[1].rows.map((row) => row.slice(1, 5))).toEqual([
      ['spread', 1, expect.anything(), 20],
      ['spread', expect.anything(), expect.anything(), 20],
      ['published', 1, 'instances', 3],
      ['published', 2, 'grid', 20],
      ['published', expect.anything(), 'rgb', 24],
    ]);
    expect(three.notes![1]).toMatch(/^instances is ranked by the published variance only: /);
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
    expect(figures[0].caption).not.toContain('are drawn as');
  });

  it('says that variances of nothing are drawn where the axis ends', async () => {
    const { figures } = await analyzeInMemory(groupingVarianceAnalysis, { ...run, layers: [respectsHalves] });
    expect(figures[0].caption).toContain('Variances below 0.000001 are drawn as 0.000001');
    expect(JSON.stringify(figures[0])).toContain('"variance":0.000001');
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
    expect(result.notes![0]).toBe('Figures show 2 of 5 frames; arrays and tables cover all.');
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

  it('calls groupings that do not vary a tie', async () => {
    const even = { id: 'layer1', neurons: 8, maps: [new Float32Array(8 * pixels).fill(1)] };
    const [least, ranking, published] = await findingsOf(even);
    expect(least).toBe('In layer1, neurons depend least on position (grid) and colour (rgb), a tie.');
    expect(ranking).toContain('by: position (grid) 0 % and colour (rgb) 0 %, a tie. Median ');
    expect(published).toContain(', a tie.');
  });

  it('says of three tied groupings only that each is a tie with the next', async () => {
    const even = { id: 'layer1', neurons: 8, maps: [new Float32Array(8 * pixels).fill(1)] };
    const groupings = { grid: [stripes], rgb: [halves], gabor: [stripes] };
    const found = await analyzeInMemory(groupingVarianceAnalysis, { ...run, layers: [even], groupings });
    expect(found.findings[0]).toMatch(/^In layer1, neurons depend least on .*, .* and .*, each tied with the next\.$/);
    expect(found.findings[1]).toMatch(/ by: .* 0 %, .* 0 % and .* 0 %, each tied with the next\. Median /);
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
