import { randomStream } from '@xinc/core';
import { expect, test } from 'vitest';
import { seedsShareTypes } from '../src/claims/seeds-share-types.js';
import { sentenceOf } from '../src/claims/sentence.js';
import { testClaims } from '../src/claims/test-claims.js';
import { embeddingFigures, mixSeeds, seedEmbeddings } from '../src/report/seed-embeddings.js';
import { gatherSeedNeurons } from '../src/report/seed-neurons.js';
import { analysedRun } from './analysed-run.js';

const GROUPS = 3;

/** Neurons around a middle; the second is dead. */
function neurons(layer: string, count: number, middle: number, seed: number) {
  const { normal } = randomStream(seed, layer);
  const data = Float32Array.from({ length: count * GROUPS }, () => middle + 0.1 * normal());
  data.fill(Number.NaN, GROUPS, 2 * GROUPS);
  return { name: 'vectors', frame: 0, layer, shape: [count, GROUPS], data };
}

const run = (signal: string, seed: number, middle: number, groups = 'a') =>
  analysedRun([signal, 'ffn', seed], {
    'neuron-clusters': { arrays: [neurons('layer1', 41, middle, seed)], values: { groups } },
  });

test('neurons of all seeds are gathered without dead ones, as many of each where there are too many', async () => {
  const runs = [await run('bear', 0, 0), await run('bear', 1, 1), await run('bear', 2, 2)];
  const { layers, missing } = await gatherSeedNeurons(runs, 1000);
  expect(missing).toEqual([]);
  expect(layers).toEqual([expect.objectContaining({ signal: 'bear', network: 'ffn', layer: 'layer1', live: 120 })]);
  const [{ vectors, runOf, seeds }] = layers;
  expect([seeds, vectors.dimensions, vectors.values.length]).toEqual([[0, 1, 2], GROUPS, 120 * GROUPS]);
  for (const [i, run] of runOf.entries()) expect(Math.abs(vectors.values[i * GROUPS] - run)).toBeLessThan(0.5);
  const [few] = (await gatherSeedNeurons(runs, 30)).layers;
  expect([0, 1, 2].map((one) => few.runOf.filter((run) => run === one).length)).toEqual([10, 10, 10]);
  expect(few.live).toBe(120);
});

test('runs that cannot be compared are named, each with the reason', async () => {
  const old = await analysedRun(['deer', 'ffn', 0], {
    'neuron-clusters': { arrays: [{ ...neurons('layer1', 4, 0, 0), name: 'embedding' }] },
  });
  const runs = [
    ...[await run('bear', 0, 0), await run('bear', 1, 0), await run('bear', 2, 0, 'b')],
    ...[old, await run('deer', 1, 0), await analysedRun(['deer', 'ffn', 2], {})],
  ];
  const { layers, missing } = await gatherSeedNeurons(runs, 1000);
  expect(layers.map(({ signal, seeds }) => [signal, seeds])).toEqual([['bear', [0, 1]]]);
  expect(missing).toEqual([
    'bear-ffn-s2 (its groups of pixels differ from those of bear-ffn-s0)',
    'deer-ffn-s0 (analysed before neuron-clusters kept its vectors: analyse it again)',
    'deer-ffn-s2 (not analysed)',
    'deer ffn (one seed only)',
  ]);
});

test('seeds of one kind mix as by chance, those of two kinds not at all; a table says so', async () => {
  const of = (signal: string, middles: readonly number[]) => middles.map((middle, seed) => run(signal, seed, middle));
  const runs = await Promise.all([...of('alike', [0, 0]), ...of('apart', [0, 5])]);
  const mixings = await mixSeeds(runs);
  const { tables, figures, text } = seedEmbeddings(mixings, runs);
  const [{ table, file }] = tables;
  expect(file).toBe('report/seed-mixing.csv');
  const value = (row: number, name: string) => table.rows[row][table.columns.findIndex((one) => one.name === name)];
  expect([0, 1].map((row) => table.rows[row].slice(0, 6))).toEqual([
    ['alike', 'ffn', 'layer1', 2, 80, 80],
    ['apart', 'ffn', 'layer1', 2, 80, 80],
  ]);
  expect(value(0, 'mixing')).toBeGreaterThan(value(0, 'chance_low') as number);
  expect([value(1, 'mixing'), value(1, 'p')]).toEqual([0, 0.001]);
  expect(value(1, 'chance_low')).toBeGreaterThan(0.4);
  expect(figures.map(({ name }) => name)).toEqual(['seed-embeddings']);
  expect(text.join(' ')).not.toContain('Not compared');
  // The claim that seeds share their types of neurons holds of the one.
  const [claim] = testClaims(seedsShareTypes(['ffn'], mixings));
  expect(claim.signals.map(({ signal, factor }) => [signal, factor > 0.8])).toEqual([
    ['alike', true],
    ['apart', false],
  ]);
  expect(claim.holds).toBe(1);
});

test('the report says that no run has what neurons are compared by', async () => {
  const runs = [await analysedRun(['bear', 'ffn', 0], {})];
  const mixings = await mixSeeds(runs);
  const [claim] = testClaims(seedsShareTypes(['ffn'], mixings));
  expect(sentenceOf(claim)).toBe('Not tested: neuron-clusters of bear-ffn-s0 (not analysed).');
  expect(seedEmbeddings(mixings, runs).text.slice(1)).toEqual([
    'No run has the analysis neuron-clusters with what neurons are compared by.',
    'Not compared: bear-ffn-s0 (not analysed).',
  ]);
});

test('a layer whose live neurons are all of one seed is not compared, and the report and the claim say why', async () => {
  const dead = { ...neurons('layer1', 41, 0, 1), data: new Float32Array(41 * GROUPS).fill(Number.NaN) };
  const other = await analysedRun(['bear', 'ffn', 1], {
    'neuron-clusters': { arrays: [dead], values: { groups: 'a' } },
  });
  const mixings = await mixSeeds([await run('bear', 0, 0), other]);
  expect(mixings.missing.get('ffn')).toEqual(['bear ffn layer1 (all live neurons are of one seed)']);
  const [claim] = testClaims(seedsShareTypes(['ffn'], mixings));
  expect(sentenceOf(claim)).toBe('Not tested: neuron-clusters of bear ffn layer1 (all live neurons are of one seed).');
});

test('a figure has a panel for each signal and layer, with what was measured, and points of every seed', () => {
  const count = 300;
  const layer = (signal: string, network: string, name: string) => ({
    ...{ signal, network, layer: name, seeds: [0, 3], live: count, observed: 0.25, expected: 0.5 },
    ...{ chance: { mean: 0.5, low: 0.48, high: 0.52 }, p: 0.001 },
    runOf: Int32Array.from({ length: count }, (_, i) => i % 2),
    points: Float32Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? i : 7)),
  });
  const [figure, ...more] = embeddingFigures([
    layer('bear', 'ffn', 'layer1'),
    layer('bear', 'nerv', 'head'),
    layer('deer', 'ffn', 'layer1'),
  ]);
  expect(more).toEqual([]);
  const { values } = figure.spec.data as { values: Record<string, unknown>[] };
  const panels = new Map<string, Record<string, unknown>[]>();
  for (const one of values) {
    const key = `${one.signal} ${one.column}`;
    panels.set(key, [...(panels.get(key) ?? []), one]);
  }
  expect([...panels.keys()]).toEqual(['bear ffn layer1', 'bear nerv head', 'deer ffn layer1', 'deer nerv head']);
  expect(panels.get('deer nerv head')).toEqual([{ signal: 'deer', column: 'nerv head', x: null }]);
  const bear = panels.get('bear nerv head')!;
  expect(bear.flatMap(({ words }) => words ?? [])).toEqual(['0.250 (p ≤ 0.001)', 'chance 0.500,', '0.480 to 0.520']);
  expect(new Set(bear.flatMap(({ seed }) => seed ?? []))).toEqual(new Set(['0', '3']));
  for (const { x, y } of bear) {
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x).toBeLessThanOrEqual(104);
    expect(y).toBeGreaterThanOrEqual(0);
  }
});

test('a figure has six signals, and the next has the others', () => {
  const layers = Array.from({ length: 7 }, (_, i) => ({
    ...{ signal: `s${i}`, network: 'ffn', layer: 'layer1', seeds: [0, 1], live: 2, observed: 0.5 },
    ...{ expected: 0.5, chance: { mean: 0.5, low: 0.4, high: 0.6 }, p: 0.5 },
    ...{ runOf: Int32Array.of(0, 1), points: Float32Array.of(0, 0, 1, 1) },
  }));
  expect(embeddingFigures(layers).map(({ name, title }) => [name, title])).toEqual([
    ['seed-embeddings-1', 'Neurons of all seeds, signals 1 to 6'],
    ['seed-embeddings-2', 'Neurons of all seeds, signals 7 to 7'],
  ]);
});
