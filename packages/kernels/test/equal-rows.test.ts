import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type ConvSource,
  type Kernels,
  loadKernels,
  type ReduceRequest,
  reduceMaps,
  type Stage,
} from '../src/index.js';
import { pixelsOf, reduced, regionOf, shares, values } from './layers.js';
import { contribution, reduceReference } from './reference.js';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

/*
 * Layers whose four neurons lie on one row of the cells: rows of their maps are equal, and reductions make them once. Maps hold all rows.
 */

const boxes = (...sizes: readonly number[]): fc.Arbitrary<Stage> =>
  fc.constantFrom(...sizes).map((size) => ({ kind: 'box', size }));
const box = boxes(1, 3, 5);
const up: fc.Arbitrary<Stage> = fc.integer({ min: 1, max: 3 }).map((scale) => ({ kind: 'upsample', scale }));
const activation: fc.Arbitrary<Stage> = fc
  .constantFrom('gelu', 'silu', 'sine', 'relu', 'tanh', 'leakyRelu', 'sigmoid')
  .map((name) => ({ kind: 'activation', activation: name }));

/** The last smoothing has its quick form: for whole pictures it takes columns from where those that differ were made. */
const twice: readonly Stage[] = [
  { kind: 'activation', activation: 'gelu' },
  { kind: 'upsample', scale: 2 },
  { kind: 'box', size: 3 },
];
const narrow = fc.array(fc.oneof(boxes(3, 5, 7, 15), activation, up), { minLength: 1, maxLength: 5 });

const paths: fc.Arbitrary<readonly Stage[]> = fc.oneof(
  narrow.map((stages) => [...stages, ...twice]),
  fc.constant([]),
  fc.tuple(box),
  fc.tuple(up),
  fc.tuple(box, up, activation, box),
  fc.tuple(box, activation, up, box, activation),
  fc.tuple(box, up, activation, box, up, activation, box),
);

const layers = fc
  .record({
    shape: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    kernelSize: fc.constantFrom(1, 3),
    shuffle: fc.integer({ min: 2, max: 5 }),
    cells: fc.integer({ min: 1, max: 2 }),
    seed: fc.nat(1e6),
    first: fc.constantFrom(null, 'gelu', 'relu', 'sine', 'sigmoid'),
    path: paths,
  })
  .map(
    ({ shape, kernelSize, shuffle, cells, seed, first, path }): ConvSource => ({
      kind: 'conv',
      input: values(shape[0] * shape[1] * shape[2], seed, 2),
      inputShape: shape,
      kernel: values(cells * shuffle ** 2 * shape[0] * kernelSize ** 2, seed + 1),
      outChannels: cells * shuffle ** 2,
      kernelSize,
      bias: values(cells * shuffle ** 2, seed + 2),
      shuffle,
      activation: first as ConvSource['activation'],
      path,
    }),
  )
  .filter((layer) => pixelsOf(layer) <= 2 ** 14);

/** Relative error of sums, in which the rounding of many values adds up. */
const SUMS = 2e-5;

/** Any rectangle of a picture, every other time all of it. */
const regions = fc.oneof(shares, fc.constant([0, 0, 0.9999, 0.9999]));

function expectWithin(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const allowed = tolerance * Math.max(1, Math.abs(expected[i]));
    if (!(Math.abs(actual[i] - expected[i]) <= allowed)) {
      expect.fail(`value ${i} is ${actual[i]}, not ${expected[i]} (allowed ${allowed})`);
    }
  }
}

/** Everything that there is to gather, with groupings of long runs, of short ones, and of whole rows. */
function everything(height: number, width: number, groupings: number, seed: number): ReduceRequest {
  const labels = (groups: number, of: (y: number, x: number) => number) => ({
    groups,
    labels: Uint16Array.from({ length: height * width }, (_, p) => of(Math.floor(p / width), p % width) % groups),
  });
  return {
    neuronTotals: true,
    pixelTotals: true,
    groupSums: [
      labels(4, (y, x) => Math.floor((2 * y) / height) * 2 + Math.floor((2 * x) / width)),
      labels(7, (y, x) => y * 31 + x * 17),
      labels(3, (y) => Math.floor(y / 5)),
      labels(5, (_, x) => x),
      labels(1, () => 0),
    ].slice(0, groupings),
    histogram: true,
    pixelsPerNeuron: values(height * width, seed).map(Math.abs),
    neuronsPerPixel: [0, 0.25, 1],
    change: true,
  };
}

describe('reductions of maps with equal rows', () => {
  test('count and compare what the maps hold, and add it up, of any neurons and inside any region', () => {
    const cases = [layers, regions, fc.nat(1000), fc.integer({ min: 0, max: 5 }), fc.nat(1e6)] as const;
    fc.assert(
      fc.property(...cases, (layer, where, split, groupings, seed) => {
        const source = kernels.open(layer);
        const previous = kernels.open({ ...layer, input: layer.input.map((value, i) => value * (i % 3) - 0.25) });
        const region = regionOf(source.height, source.width, where);
        const start = split % source.neurons;
        const neurons = Array.from({ length: source.neurons - start }, (_, i) => start + i);
        const request = everything(region.height, region.width, groupings, seed);
        const script = reduceMaps(request, region.height * region.width);
        const range = script.range(neurons.length);
        range.accept(source.maps(neurons, region), previous.maps(neurons, region));
        const expected = { ...range.result(), ...script.counts() };
        const result = reduced(source, start, source.neurons, { ...request, region, previous });

        expectWithin(result.histogram!, expected.histogram!, 0);
        expectWithin(result.pixelsPerNeuron!, expected.pixelsPerNeuron!, 0);
        for (const [k, counts] of expected.neuronsPerPixel!.entries()) {
          expectWithin(result.neuronsPerPixel![k], counts, 0);
        }
        expectWithin(result.neuronTotals!.min, expected.neuronTotals!.min, 0);
        expectWithin(result.neuronTotals!.max, expected.neuronTotals!.max, 0);
        expectWithin(result.neuronTotals!.sum, expected.neuronTotals!.sum, SUMS);
        expectWithin(result.pixelTotals!, expected.pixelTotals!, SUMS);
        expectWithin(result.change!, expected.change!, SUMS);
        for (const [k, sums] of expected.groupSums!.entries()) expectWithin(result.groupSums![k], sums, SUMS);
        source.dispose();
        previous.dispose();
      }),
      { numRuns: 300 },
    );
  });

  test('are those of the formulas, for all of a picture', () => {
    fc.assert(
      fc.property(layers, (layer) => {
        const source = kernels.open(layer);
        const request = everything(source.height, source.width, 4, 5);
        const { neuronTotals, pixelTotals, groupSums } = request;
        const result = reduced(source, 0, source.neurons, { neuronTotals, pixelTotals, groupSums });
        const maps = Array.from({ length: source.neurons }, (_, n) => contribution(layer, n).values);
        const expected = reduceReference(maps, request);
        expectWithin(result.neuronTotals!.sum, expected.sum, SUMS);
        expectWithin(result.neuronTotals!.min, expected.min, 4e-6);
        expectWithin(result.neuronTotals!.max, expected.max, 4e-6);
        expectWithin(result.pixelTotals!, expected.pixelTotals, SUMS);
        for (const [k, sums] of expected.groupSums.entries()) expectWithin(result.groupSums![k], sums, SUMS);
        source.dispose();
      }),
      { numRuns: 60 },
    );
  });

  test('hold for planes so narrow that their borders have more columns between them than there are', () => {
    const sized = (size: number): Stage => ({ kind: 'box', size });
    const gelu: Stage = { kind: 'activation', activation: 'gelu' };
    const layer: ConvSource = {
      ...{ kind: 'conv', input: values(6 * 4, 1), inputShape: [6, 2, 2], kernel: values(9 * 6, 2), outChannels: 9 },
      ...{ kernelSize: 1, bias: values(9, 3), shuffle: 3, activation: 'gelu' },
      path: [sized(5), sized(5), gelu, sized(3), sized(3), gelu, sized(15), ...twice],
    };
    const source = kernels.open(layer);
    const { neuronTotals } = reduced(source, 0, source.neurons, { neuronTotals: true });
    const sums = Array.from({ length: source.neurons }, (_, n) =>
      contribution(layer, n).values.reduce((sum, value) => sum + Math.abs(value), 0),
    );
    for (const [n, sum] of sums.entries()) expect(Math.abs(neuronTotals!.sum[n] / sum - 1)).toBeLessThan(1e-3);
    source.dispose();
  });

  test('go on behind the strips that rows are taken in', () => {
    // 402 pixels wide: two strips, the second of which is not made of fours.
    const layer: ConvSource = {
      ...{ kind: 'conv', input: values(101, 1), inputShape: [1, 1, 101], kernel: values(16 * 9, 2), outChannels: 16 },
      ...{ kernelSize: 3, bias: values(16, 3), shuffle: 4, activation: 'gelu' },
      path: [{ kind: 'box', size: 3 }],
    };
    const source = kernels.open(layer);
    const region = { top: 0, left: 1, height: source.height, width: source.width - 2 };
    const neurons = Array.from({ length: 16 }, (_, n) => n);
    const request = everything(region.height, region.width, 5, 1);
    const script = reduceMaps(request, region.height * region.width);
    const range = script.range(neurons.length);
    range.accept(source.maps(neurons, region), source.maps(neurons, region));
    const expected = { ...range.result(), ...script.counts() };
    const result = reduced(source, 0, 16, { ...request, region, previous: source });
    expectWithin(result.histogram!, expected.histogram!, 0);
    expectWithin(result.pixelsPerNeuron!, expected.pixelsPerNeuron!, 0);
    for (const [k, counts] of expected.neuronsPerPixel!.entries()) expectWithin(result.neuronsPerPixel![k], counts, 0);
    expectWithin(result.pixelTotals!, expected.pixelTotals!, SUMS);
    for (const [k, sums] of expected.groupSums!.entries()) expectWithin(result.groupSums![k], sums, SUMS);
    source.dispose();
  });

  test('take the frame before as it is, where that has other rows', () => {
    const layer = (path: readonly Stage[]): ConvSource => ({
      ...{ kind: 'conv', input: values(12, 1), inputShape: [1, 3, 4], kernel: values(16 * 9, 2), outChannels: 16 },
      ...{ kernelSize: 3, bias: values(16, 3), shuffle: 4, activation: 'gelu', path },
    });
    const source = kernels.open(layer([{ kind: 'box', size: 3 }]));
    const previous = kernels.open(layer([{ kind: 'box', size: 5 }]));
    const neurons = Array.from({ length: 16 }, (_, n) => n);
    const [a, before] = [source.maps(neurons).map(Math.abs), previous.maps(neurons).map(Math.abs)];
    const pixels = source.height * source.width;
    const expected = new Float64Array(pixels);
    for (let i = 0; i < a.length; i++) expected[i % pixels] += Math.abs(a[i] - before[i]);
    expectWithin(reduced(source, 0, 16, { change: true, previous }).change!, expected, SUMS);
    source.dispose();
    previous.dispose();
  });
});
