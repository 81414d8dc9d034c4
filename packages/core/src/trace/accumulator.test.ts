import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LayerStatistics } from '../statistics.js';
import { LayerAccumulator, type PassRequest } from './accumulator.js';
import type { KernelPool } from './contribution-source.js';
import { createLocalPool } from './local-pool.js';

let pool: KernelPool;
beforeAll(async () => {
  pool = await createLocalPool();
});
afterAll(() => pool.dispose());

const GROUPS = 3;
const TAUS = [0.05, 0.3];

/** A dense layer on some pixels of one row, with everything that is gathered of it. */
interface Layer {
  readonly pixels: number;
  readonly neurons: number;
  /** [P, N] */
  readonly input: Float32Array;
  readonly before: Float32Array;
  readonly scale: Float32Array;
  readonly labels: Uint16Array;
  /** What pixels per neuron are counted above, [P] */
  readonly above: Float32Array;
}

const values = (length: number) =>
  fc
    .array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: length, maxLength: length })
    .map((numbers) => Float32Array.from(numbers));

const layers = fc
  .record({ pixels: fc.integer({ min: 1, max: 12 }), neurons: fc.integer({ min: 1, max: 20 }) })
  .chain(({ pixels, neurons }) =>
    fc.record({
      pixels: fc.constant(pixels),
      neurons: fc.constant(neurons),
      input: values(pixels * neurons),
      before: values(pixels * neurons),
      scale: values(neurons),
      labels: fc
        .array(fc.nat(GROUPS - 1), { minLength: pixels, maxLength: pixels })
        .map((groups) => Uint16Array.from(groups)),
      above: values(pixels).map((thresholds) => thresholds.map(Math.abs)),
    }),
  );

/** 0 … length in pieces that end at these places. */
const pieces = (length: number, cuts: readonly number[]) => {
  const ends = [...new Set(cuts.map((cut) => 1 + (cut % length))), length].sort((a, b) => a - b);
  return [...new Set(ends)].map((end, i, all) => ({ start: i === 0 ? 0 : all[i - 1], end }));
};

const request: PassRequest = {
  neuronTotals: true,
  pixelTotals: true,
  groupSums: { groups: GROUPS },
  histogram: true,
  pixelsPerNeuron: true,
  thresholds: TAUS.map((threshold) => ({ area: 0.5, threshold })),
  change: true,
};

/** Gathers a layer in pieces of its neurons and of its pixels, in an order that `turn` shuffles. */
async function gather(
  layer: Layer,
  neuronCuts: readonly number[],
  pixelCuts: readonly number[],
  turn: number,
): Promise<LayerStatistics> {
  const { neurons, scale } = layer;
  const accumulator = new LayerAccumulator(neurons, layer.pixels, request);
  const chunks = shuffled(pieces(neurons, neuronCuts), turn);
  for (const { start, end } of shuffled(pieces(layer.pixels, pixelCuts), turn)) {
    const open = (activations: Float32Array) =>
      pool.open({
        kind: 'dense',
        input: activations.slice(start * neurons, end * neurons),
        pixels: end - start,
        neurons,
        scale,
        offset: 0.01,
        activation: 'gelu',
      });
    const [source, previous] = [await open(layer.input), await open(layer.before)];
    const reductions = {
      neuronTotals: true,
      pixelTotals: true,
      histogram: true,
      groupings: [{ labels: layer.labels.slice(start, end), groups: GROUPS }],
      pixelThreshold: layer.above.slice(start, end),
      taus: TAUS,
      previous,
    };
    const counts = await source.reduce(chunks, reductions, (chunk, result) => accumulator.add(chunk, start, result));
    accumulator.addCounts(start, counts);
    source.dispose();
    previous.dispose();
  }
  return accumulator.result();
}

/** All of them, backwards from some item on. */
const shuffled = <T>(items: readonly T[], turn: number): T[] =>
  items.map((_, i) => items[(turn + items.length - i) % items.length]);

/** The bins that hold something, and how much: most of the many hold nothing. */
const occupied = (counts: Float64Array): Float64Array => {
  const found: number[] = [];
  for (let bin = 0; bin < counts.length; bin++) if (counts[bin] > 0) found.push(bin, counts[bin]);
  return Float64Array.from(found);
};

/** Counts and extremes, which have to be the same to the last bit. */
const exact = ({ histogram, pixelsPerNeuron, neuronsPerPixel, neuronTotals }: LayerStatistics) => [
  occupied(histogram!.counts),
  pixelsPerNeuron!,
  ...neuronsPerPixel!.map(({ counts }) => counts),
  neuronTotals!.min,
  neuronTotals!.max,
];

/** Sums, which are the same as far as the order of their terms lets them. */
const sums = ({ neuronTotals, pixelTotals, groupSums, change }: LayerStatistics) => [
  neuronTotals!.sum,
  pixelTotals!,
  groupSums.groups,
  change!,
];

type Numbers = ArrayLike<number>;
const largestDifference = (all: readonly Numbers[], others: readonly Numbers[]): number =>
  Math.max(
    ...all.map((numbers, k) =>
      Array.from(numbers).reduce((largest, value, i) => Math.max(largest, Math.abs(value - others[k][i])), 0),
    ),
  );

test('parts of the neurons on parts of the pixels, merged in any order, are what one pass gathers', () =>
  fc.assert(
    fc.asyncProperty(
      layers,
      fc.array(fc.nat(1000), { maxLength: 6 }),
      fc.array(fc.nat(1000), { maxLength: 4 }),
      fc.nat(20),
      async (layer, neuronCuts, pixelCuts, turn) => {
        const whole = await gather(layer, [], [], 0);
        const merged = await gather(layer, neuronCuts, pixelCuts, turn);
        expect(largestDifference(exact(merged), exact(whole))).toBe(0);
        expect(largestDifference(sums(merged), sums(whole))).toBeLessThan(1e-5);
      },
    ),
  ));
