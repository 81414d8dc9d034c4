import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LabelMap } from '../grouping.js';
import type { KernelPool } from '../trace/contribution-source.js';
import { createLocalPool } from '../trace/local-pool.js';
import { LayerGathering } from './layer-gathering.js';
import { passesOf } from './passes.js';
import type { StatisticsRequest, Values } from './statistics.js';

let pool: KernelPool;
beforeAll(async () => {
  pool = await createLocalPool();
});
afterAll(() => pool.dispose());

const GROUPS = 3;

/** A dense layer on some pixels of one row, with everything that is gathered of it. */
interface Layer {
  readonly pixels: number;
  readonly neurons: number;
  /** [P, N] */
  readonly input: Float32Array;
  readonly before: Float32Array;
  readonly scale: Float32Array;
  readonly labels: Uint16Array;
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
    }),
  );

/** 0 … length in pieces that end at these places. */
const pieces = (length: number, cuts: readonly number[]) => {
  const ends = [...new Set(cuts.map((cut) => 1 + (cut % length))), length].sort((a, b) => a - b);
  return [...new Set(ends)].map((end, i, all) => ({ start: i === 0 ? 0 : all[i - 1], end }));
};

/** Everything that there is; the compiler refuses a statistic that is missing here. */
const request: Required<Omit<StatisticsRequest, 'custom'>> = {
  neuronTotals: true,
  pixelTotals: true,
  groupSums: ['groups'],
  histogram: true,
  pixelsPerNeuron: true,
  neuronsPerPixel: { areas: [0.1, 0.5] },
  change: true,
};
const [first, second] = passesOf(request, true);

/** Gathers a layer in pieces of its neurons and of its pixels, in an order that `turn` shuffles. */
async function gather(
  layer: Layer,
  gathering: LayerGathering,
  neuronCuts: readonly number[],
  pixelCuts: readonly number[],
  turn: number,
): Promise<Values> {
  const { neurons, scale } = layer;
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
    const groupings = [{ labels: layer.labels.slice(start, end), groups: GROUPS }];
    const reductions = gathering.reductions({ start, end, groupings: () => groupings });
    const counts = await source.reduce(chunks, { ...reductions, previous }, (chunk, result) =>
      gathering.add(result, { neuron: chunk.start, pixel: start }),
    );
    for (const result of counts) gathering.add(result, { neuron: 0, pixel: start });
    source.dispose();
    previous.dispose();
  }
  return gathering.values();
}

const labelMap = ({ labels, pixels }: Layer): LabelMap => ({
  height: 1,
  width: pixels,
  labels,
  groups: Array.from({ length: GROUPS }, (_, g) => ({ name: `group ${g}` })),
});

/** All of them, backwards from some item on. */
const shuffled = <T>(items: readonly T[], turn: number): T[] =>
  items.map((_, i) => items[(turn + items.length - i) % items.length]);

/** The arrays of all values, in a fixed order. */
function arraysOf(values: unknown): Numbers[] {
  if (ArrayBuffer.isView(values)) return [values as unknown as Numbers];
  return typeof values === 'object' ? Object.values(values as object).flatMap(arraysOf) : [];
}

type Numbers = Float64Array | Float32Array | Uint32Array;

function largestDifference(some: Numbers, others: Numbers): number {
  let largest = 0;
  for (let i = 0; i < some.length; i++) largest = Math.max(largest, Math.abs(some[i] - others[i]));
  return largest;
}

test('parts of the neurons on parts of the pixels, merged in any order, are what one pass gathers', async () => {
  const gathered = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      layers,
      fc.array(fc.nat(1000), { maxLength: 6 }),
      fc.array(fc.nat(1000), { maxLength: 4 }),
      fc.nat(20),
      async (layer, neuronCuts, pixelCuts, turn) => {
        const about = { neurons: layer.neurons, pixels: layer.pixels, labels: { groups: labelMap(layer) } };
        const inPieces = (gathering: LayerGathering) => gather(layer, gathering, neuronCuts, pixelCuts, turn);
        const whole = await gather(layer, new LayerGathering(first, about), [], [], 0);
        const merged = await inPieces(new LayerGathering(first, about));
        // Thresholds of the second pass are the same for both, to the last bit.
        Object.assign(whole, await gather(layer, new LayerGathering(second, about, whole), [], [], 0));
        Object.assign(merged, await inPieces(new LayerGathering(second, about, whole)));
        for (const [name, value] of Object.entries(whole)) {
          if (arraysOf(value).some((numbers) => numbers.some((number) => number !== 0))) gathered.add(name);
        }
        const expected = arraysOf(whole);
        for (const [k, numbers] of arraysOf(merged).entries()) {
          // Sums are the same as far as the order of their terms lets them; extremes and counts, to the last bit.
          const allowed = numbers instanceof Float64Array ? 1e-5 : 0;
          expect(largestDifference(numbers, expected[k])).toBeLessThanOrEqual(allowed);
        }
      },
    ),
  );
  // Nothing merged is nothing in both.
  expect([...gathered].sort()).toEqual(Object.keys(request).sort());
});
