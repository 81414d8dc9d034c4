import { type AnalysisPlugin, omissionSentences } from '@xinc/core';
import { describe, expect, it } from 'vitest';
import plugins from '../dist/index.js';
import { groupsDigest } from '../src/analyses/neuron-clusters/layer-neurons.js';
import { defaultNeighbors } from '../src/embedding/default-neighbors.js';
import { expectSoundResult } from './figures.js';
import {
  analyzeInMemory,
  compareInMemory,
  labelMap,
  type MemoryLayer,
  type MemoryRun,
  noise,
} from './memory-context.js';

/* Neurons are embedded in threads: as built, since threads start from built files. */

const neuronClusters = plugins.find(({ name }) => name === 'neuron-clusters') as AnalysisPlugin;
const [height, width] = [8, 8];
const pixels = height * width;
const quarters = labelMap(
  height,
  width,
  Array.from({ length: pixels }, (_, p) => 2 * Math.floor(p / 32) + Math.floor((p % 8) / 4)),
);

/** Neurons of four kinds in turn, each strong in one quarter of the picture. */
function kinds(id: string, neurons: number, seed: number): MemoryLayer {
  const grain = noise(neurons * pixels, seed);
  const map = grain.map((value, i) => {
    const strong = quarters.labels[i % pixels] === Math.floor(i / pixels) % 4;
    return (0.2 * value + (strong ? 1 : 0.1)) * (i % 2 === 0 ? 1 : -1);
  });
  return { id, neurons, maps: [map] };
}

const runOf = (seed: number, neurons = 120): MemoryRun => ({
  height,
  width,
  layers: [kinds('layer1', neurons, seed)],
  groupings: { gabor: [quarters] },
});
const options = { clusters: 4, neighbors: 8 };

describe('neuron-clusters', () => {
  it('puts neurons of one kind in one cluster, with examples of each', async () => {
    const result = await analyzeInMemory(neuronClusters, runOf(1), options);
    expectSoundResult(result);
    expect(result.arrays.map(({ name, shape }) => [name, shape])).toEqual([
      ['embedding', [120, 2]],
      ['cluster', [120]],
      ['vectors', [120, 4]],
    ]);
    const clusters = result.arrays[1].data;
    for (let n = 0; n < 120; n++) expect(clusters[n]).toBe(clusters[n % 4]);
    expect(new Set(clusters).size).toBe(4);
    expect(result.findings[0]).toMatch(
      /^The 4 clusters explain 9\d.* % of the variance between the neurons' maps in layer1\.$/,
    );
    const mosaic = result.figures[1];
    expect(mosaic.kind === 'raster' && mosaic.panels.map(({ title }) => title.split(':')[0])).toEqual(
      [1, 2, 3, 4].flatMap((k) => Array.from({ length: 4 }, () => `cluster ${k}`)),
    );
  });

  it('does not depend on how strong or of what sign a map is', async () => {
    const run = runOf(1);
    const [layer] = run.layers;
    const louder = { ...layer, maps: [layer.maps[0].map((value, i) => value * -4 * (1 + Math.floor(i / pixels)))] };
    const clusters = async (one: MemoryRun) => (await analyzeInMemory(neuronClusters, one, options)).tables[0].rows;
    expect((await clusters({ ...run, layers: [louder] })).map((row) => row[4])).toEqual(
      (await clusters(run)).map((row) => row[4]),
    );
  });

  it('embeds several runs together and says that seeds share kinds', async () => {
    const result = await compareInMemory(neuronClusters, { first: runOf(1), second: runOf(7) }, options);
    expectSoundResult(result);
    expect(result.findings[0]).toMatch(/^How evenly clusters mix the 2 runs: 1 in layer1, where 0 means .*\.$/);
    expect(result.arrays.map(({ name, shape }) => [name, shape])).toEqual([
      ['embedding', [240, 2]],
      ['cluster', [240]],
      ['run', [240]],
      ['neuron', [240]],
    ]);
    expect(result.tables[0].rows.map((row) => row.slice(-3))).toEqual(Array.from({ length: 4 }, () => [1, 30, 30]));
    expect(result.values).toMatchObject({ runs: ['first', 'second'], mixing: { layer1: 1 } });
  });

  it('says that runs do not mix where their neurons differ', async () => {
    const other = runOf(7);
    const upsideDown = {
      ...other,
      layers: [{ ...other.layers[0], maps: [other.layers[0].maps[0].map((v) => 1.3 - Math.abs(v))] }],
    };
    const result = await compareInMemory(neuronClusters, { a: runOf(1), b: upsideDown }, { ...options, clusters: 8 });
    expect(result.values).toMatchObject({ mixing: { layer1: 0 } });
    expect(result.findings[0]).toMatch(/: 0 in layer1, where /);
  });

  it('refuses runs that divide the picture differently', async () => {
    const other = {
      ...runOf(2),
      groupings: {
        gabor: [
          labelMap(
            height,
            width,
            quarters.labels.map((g) => 3 - g),
          ),
        ],
      },
    };
    await expect(compareInMemory(neuronClusters, { a: runOf(1), b: other }, options)).rejects.toThrow(
      "Runs 'a' and 'b' have different groups in 'gabor', so their neurons cannot be compared. Compare runs of the same signal at the same size.",
    );
  });

  it('keeps places, clusters and what neurons are compared by, and leaves dead neurons out of all', async () => {
    const run = runOf(1);
    run.layers[0].maps[0].fill(0, 5 * pixels, 7 * pixels);
    const result = await analyzeInMemory(neuronClusters, run, options);
    expectSoundResult(result);
    const [{ data: embedding }, { data: clusters }, { data: vectors }] = result.arrays;
    expect([...clusters.slice(4, 8)].map((k) => k < 0)).toEqual([false, true, true, false]);
    expect([...embedding.slice(10, 14)].every(Number.isNaN)).toBe(true);
    expect(embedding[14]).not.toBeNaN();
    expect([...vectors.slice(20, 28)].every(Number.isNaN)).toBe(true);
    // Maps scaled to [0, 1], averaged over groups.
    const map = run.layers[0].maps[0].subarray(2 * pixels, 3 * pixels).map(Math.abs);
    const [least, most] = [Math.min(...map), Math.max(...map)];
    for (let g = 0; g < 4; g++) {
      const group = map.filter((_, p) => quarters.labels[p] === g);
      const mean = group.reduce((sum, value) => sum + (value - least) / (most - least), 0) / group.length;
      expect(vectors[2 * 4 + g]).toBeCloseTo(mean, 5);
    }
  });

  it('tells by a digest whether runs have the same groups', async () => {
    const turned = labelMap(
      height,
      width,
      quarters.labels.map((g) => 3 - g),
    );
    expect(await groupsDigest(quarters)).toMatch(/^[0-9a-f]{16}$/);
    expect(await groupsDigest({ ...quarters, labels: quarters.labels.slice() })).toBe(await groupsDigest(quarters));
    expect(await groupsDigest(turned)).not.toBe(await groupsDigest(quarters));
  });

  it('says when a layer has fewer neurons than clusters or neighbours', async () => {
    const run = { ...runOf(1), layers: [kinds('layer1', 8, 1), kinds('layer2', 12, 2)] };
    const result = await analyzeInMemory(neuronClusters, run, { clusters: 8, neighbors: 30 });
    expectSoundResult(result);
    expect(omissionSentences(result.omissions!)).toEqual([
      'layer1 was left out: 8 live neurons are too few for 8 clusters (clusters=2 would do).',
      'layer2 was embedded with 11 neighbours, not 30: it has no more live neurons.',
    ]);
    const tiny = { ...run, layers: [run.layers[0]] };
    await expect(analyzeInMemory(neuronClusters, tiny)).rejects.toThrow(
      'No layer has neurons to cluster: layer1 was left out: 8 live neurons are too few',
    );
  });

  it('takes a fixed sample of large layers and says so', async () => {
    const result = await analyzeInMemory(neuronClusters, runOf(1, 160), { ...options, limit: 100 });
    expect(omissionSentences(result.omissions!)).toEqual([
      'layer1: 100 of 160 live neurons were embedded, drawn at random (limit=100).',
    ]);
    const { data } = result.arrays[1];
    expect([...data].filter((k) => k >= 0)).toHaveLength(100);
    expect((await analyzeInMemory(neuronClusters, runOf(1, 160), { ...options, limit: 100 })).arrays[1].data).toEqual(
      data,
    );
  });

  it('compares neurons on one frame of a video, over another grouping if asked', async () => {
    const run = runOf(1);
    const [layer] = run.layers;
    const video: MemoryRun = {
      ...run,
      layers: [{ ...layer, maps: [layer.maps[0], kinds('layer1', 120, 3).maps[0]] }],
      groupings: { gabor: [quarters, quarters], rgb: [quarters, quarters] },
    };
    const result = await analyzeInMemory(neuronClusters, video, { ...options, frame: 1, grouping: 'rgb' });
    expectSoundResult(result);
    expect(result.values).toMatchObject({ frame: 1, grouping: 'rgb' });
    expect(omissionSentences(result.omissions!)).toEqual(['Neurons were compared on frame 1 only, of 2 analysed.']);
    await expect(analyzeInMemory(neuronClusters, video, { ...options, frame: 5 })).rejects.toThrow(
      'Frame 5 is not among those analysed. Choose frames with `frames`.',
    );
    await expect(analyzeInMemory(neuronClusters, video, { grouping: 'instances' })).rejects.toThrow(
      "Grouping 'instances' is not part of this run. There are gabor and rgb.",
    );
  });

  it('embeds layers at once without mixing them up, tells its progress and gives up when it is cancelled', async () => {
    const layers = [kinds('layer1', 60, 1), kinds('layer2', 500, 2), kinds('layer3', 120, 3)];
    const told: (readonly [string, number])[] = [];
    const progress = (step: string, share: number) => told.push([step, share]);
    const run = { ...runOf(1), layers };
    const { arrays } = await analyzeInMemory(neuronClusters, { ...run, abilities: { progress } }, options);
    for (const layer of layers) {
      const alone = await analyzeInMemory(neuronClusters, { ...run, layers: [layer] }, options);
      for (const { name, data } of alone.arrays) {
        expect(arrays.find((one) => one.layer === layer.id && one.name === name)!.data).toEqual(data);
      }
    }
    expect(new Set(told.map(([step]) => step))).toEqual(new Set(['embedding 680 neurons']));
    const abort = new AbortController();
    const abilities = { signalAborted: abort.signal, progress: () => abort.abort() };
    await expect(analyzeInMemory(neuronClusters, { ...run, abilities }, options)).rejects.toMatchObject({
      code: 'cancelled',
    });
    const late = { signalAborted: AbortSignal.abort() };
    await expect(analyzeInMemory(neuronClusters, { ...run, abilities: late }, options)).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it("uses the paper's numbers of neighbours by the size of a layer", () => {
    expect([208, 104, 66, 2288, 3224, 18_352].map(defaultNeighbors)).toEqual([5, 5, 5, 25, 75, 150]);
  });

  it('warns of layers that take minutes', () => {
    const context = (neurons: number) => ({
      signal: { kind: 'image' as const, frames: 1, height, width },
      layers: [{ id: 'a', label: 'A', neurons }],
      frames: [0],
      groupings: ['gabor'],
    });
    const chosen = neuronClusters.options.parse({ limit: 100_000 });
    expect(neuronClusters.tooLong!(chosen, context(18_352))).toBeUndefined();
    expect(neuronClusters.tooLong!(chosen, context(90_000))).toBe('embedding 90,000 neurons takes minutes');
  });
});
