import { randomStream } from '@xinc/core';
import { renderFigure } from '@xinc/report';
import { expect, test } from 'vitest';
import { type Comparison, compareNetworks } from '../src/comparison/compare-networks.js';
import { comparisonFigure } from '../src/comparison/comparison-figure.js';
import { compareKinds } from '../src/comparison/kinds-of-neurons.js';
import type { ComparedRun } from '../src/comparison/quantities.js';
import { analysedRun } from './analysed-run.js';
import { claimRun } from './claim-runs.js';

interface Has {
  readonly psnr?: number;
  readonly steps?: number;
  readonly pixels?: number;
  readonly ranks?: readonly number[];
  readonly rgb?: number;
}

function run(
  signal: string,
  seed: number,
  { psnr = 30, steps = 100, pixels = 200, ranks = [4], rgb = 0.5 }: Has = {},
): ComparedRun {
  const claims = claimRun(signal, seed, { pixels, variances: { grid: 1, rgb }, spreads: { grid: 1, rgb } });
  return { claims, seed, psnr, steps, plannedSteps: 1000, stableRanks: ranks };
}

const SIGNALS = ['ant', 'bear', 'crow', 'deer', 'eel'];
const byName = (comparisons: readonly Comparison[], name: string) =>
  comparisons.filter(({ quantity }) => quantity.name === name);

test('networks are compared with the first, runs of one signal and seed with each other', () => {
  const base = SIGNALS.flatMap((signal, i) => [
    run(signal, 0, { steps: 100 << i }),
    run(signal, 1, { steps: 256 << i }),
  ]);
  // Half of the steps of the partner, a quarter of those of the other seed.
  const soap = SIGNALS.flatMap((signal, i) => [
    run(signal, 1, { steps: 64 << i, psnr: 31, pixels: 100, ranks: [8, 32], rgb: 1 }),
    run(signal, 7, { steps: 1 }),
  ]);
  const { comparisons, missing } = compareNetworks(
    new Map([
      ['adam', base],
      ['soap', soap],
    ]),
  );
  const [steps] = byName(comparisons, 'steps');
  expect(steps).toMatchObject({ network: 'soap', against: 'adam', effect: -2 });
  expect(steps.signals).toEqual(SIGNALS.map((signal) => ({ signal, values: [-2] })));
  expect(steps.interval).toEqual({ low: -2, high: -2 });
  expect(2 ** steps.reference).toBeCloseTo(256 << 2, 6);
  expect(byName(comparisons, 'psnr')[0]).toMatchObject({ effect: 1, reference: 30 });
  expect(byName(comparisons, 'pixels-per-neuron')[0].effect).toBeCloseTo(-1, 9);
  expect(2 ** byName(comparisons, 'pixels-per-neuron')[0].reference).toBeCloseTo(0.2, 9);
  // Geometric mean of 8 and 32 against 4.
  expect(byName(comparisons, 'stable-rank')[0].effect).toBeCloseTo(2, 9);
  // Spread twice as large: spread² four times.
  expect(byName(comparisons, 'variance-rgb')[0].effect).toBeCloseTo(2, 9);
  // No run has these.
  expect(missing).toEqual([]);
  expect(byName(comparisons, 'faithfulness')).toEqual([]);
  expect(byName(comparisons, 'variance-instances')).toEqual([]);
});

test('of four signals there is no interval, and a run without the number is left out of its own quantity alone', () => {
  const of = (has: Has) => SIGNALS.slice(0, 4).map((signal) => run(signal, 0, has));
  const soap = [...of({}).slice(0, 3), run('deer', 0, { ranks: [Number.NaN] })];
  const { comparisons, missing } = compareNetworks(
    new Map([
      ['adam', of({})],
      ['soap', soap],
    ]),
  );
  expect(byName(comparisons, 'steps')[0].interval).toBeUndefined();
  expect(byName(comparisons, 'steps')[0].signals).toHaveLength(4);
  expect(byName(comparisons, 'stable-rank')[0].signals.map(({ signal }) => signal)).toEqual(['ant', 'bear', 'crow']);
  expect(missing).toEqual(['Stable rank: deer-ffn-s0 (a matrix of weights has no stable rank)']);
});

/** Neurons of two kinds, around −1 and `other`. */
function neurons(seed: number, other: number) {
  const { normal } = randomStream(seed, 'neurons');
  const data = Float32Array.from({ length: 60 * 3 }, (_, i) => (i % 6 < 3 ? -1 : other) + 0.1 * normal());
  return { name: 'vectors', frame: 0, layer: 'layer1', shape: [60, 3], data };
}

test('a network that has other kinds of neurons mixes less with the first than its seeds among themselves', async () => {
  const made = (network: string, seed: number, other: number) =>
    analysedRun(['bear', network, seed], {
      'neuron-clusters': { arrays: [neurons(seed + (network === 'adam' ? 0 : 50), other)], values: { groups: 'a' } },
    });
  const comparisons = await compareKinds(
    new Map([
      ['adam', [await made('adam', 0, 1), await made('adam', 1, 1)]],
      ['alike', [await made('alike', 0, 1), await made('alike', 1, 1)]],
      ['apart', [await made('apart', 0, 5)]],
    ]),
  );
  expect(comparisons.map(({ quantity, network }) => [quantity.name, network])).toEqual([
    ['kinds-other-seeds', 'alike'],
    ['kinds-same-seed', 'alike'],
    ['kinds-other-seeds', 'apart'],
    ['kinds-same-seed', 'apart'],
  ]);
  const [alike, , apart] = comparisons;
  expect(2 ** alike.reference).toBeGreaterThan(0.9);
  expect(Math.abs(alike.effect)).toBeLessThan(0.2);
  // Half of the neurons have neighbours of the other network.
  expect(apart.effect).toBeLessThan(-0.7);
  expect(apart.effect).toBeGreaterThan(-1.3);
  // A value for each run of the network, whatever the number of its partners.
  expect(comparisons.map(({ signals }) => signals[0].values.length)).toEqual([2, 2, 1, 1]);
});

test('the figure has a row for each quantity and network, differences on axes of their own', () => {
  const of = (has: Has) => SIGNALS.map((signal, i) => run(signal, 0, { ...has, steps: (has.steps ?? 100) + i }));
  const { comparisons } = compareNetworks(
    new Map([
      ['adam', of({})],
      ['soap', of({ steps: 40, ranks: [5] })],
      ['muon', of({ steps: 70, ranks: [7] })],
    ]),
  );
  const { vconcat } = comparisonFigure('ffn', comparisons).spec as {
    vconcat: { layer: { data: { values: object[] } }[] }[];
  };
  const meansOf = (panel: number) => vconcat[panel].layer[3].data.values;
  expect(meansOf(0)).toContainEqual({ quantity: 'Stable rank', network: 'muon', value: 1.75 });
  expect(meansOf(0)).toContainEqual({ quantity: 'Stable rank', network: 'soap', value: 1.25 });
  expect(vconcat.slice(1).map((_, i) => meansOf(i + 1))).toEqual([
    ['soap', 'muon'].map((network) => ({ quantity: 'PSNR', network, value: 0 })),
    // Of 1,000 planned steps 60 and 30 fewer were done.
    [-0.06, -0.03].map((value, i) => ({ quantity: 'Share of the schedule', network: ['soap', 'muon'][i], value })),
  ]);
  const intervals = vconcat[0].layer[2].data.values as { low: number; high: number }[];
  for (const { low, high } of intervals) expect(high).toBeGreaterThanOrEqual(low);
});

test('labels of an axis differ where its ticks do', async () => {
  const of = (extra: (i: number) => number) => SIGNALS.map((signal, i) => run(signal, 0, { psnr: 30 + extra(i) }));
  const { comparisons } = compareNetworks(
    new Map([
      ['adam', of(() => 0)],
      ['soap', of((i) => -0.0125 + 0.005 * i)],
      ['muon', of((i) => 0.112 - 0.01 * i)],
    ]),
  );
  const figure = comparisonFigure(
    'ffn',
    comparisons.filter(({ quantity }) => quantity.title === 'PSNR'),
  );
  const svg = await renderFigure(figure, { theme: 'light', format: 'svg' });
  const labels = [...svg.toString().matchAll(/>([−-]?0(?:\.\d+)?)<\/text>/g)].map(([, label]) => label);
  expect(labels.length).toBeGreaterThan(4);
  expect(new Set(labels).size).toBe(labels.length);
});
