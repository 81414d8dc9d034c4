import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type ArgumentOf,
  type ConvSource,
  type DenseSource,
  HISTOGRAM,
  type Kernels,
  loadKernels,
  type PointwiseOperation,
  type PointwiseProgram,
  type ReducerName,
  type Region,
  reduceMaps,
  type Source,
  takePixelResults,
} from '../src/index.js';
import { REDUCERS } from '../src/reductions/reducers.js';
import { convLayers, denseLayers, reduced, regionOf, shares, values } from './layers.js';
import {
  binOf,
  contribution,
  convResponse,
  denseResponse,
  evaluate,
  type Plane,
  reduceReference,
} from './reference.js';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

const layers = fc.oneof(denseLayers, convLayers) as fc.Arbitrary<DenseSource | ConvSource>;
const runs = { numRuns: 150 };

/** Relative error of sums, in which the rounding of many values adds up. */
const SUMS = 2e-5;

type Numbers = Float64Array | Float32Array | Uint32Array;

/** Within float32 rounding of what goes through a handful of operations. */
function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 4e-6): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const allowed = tolerance * Math.max(1, Math.abs(expected[i]));
    if (!(Math.abs(actual[i] - expected[i]) <= allowed)) {
      expect.fail(`value ${i} is ${actual[i]}, not ${expected[i]} (allowed ${allowed})`);
    }
  }
}

function expectSame(actual: Numbers, expected: Numbers): void {
  expect(actual.length).toBe(expected.length);
  expect(actual.findIndex((value: number, i: number) => value !== expected[i])).toBe(-1);
}

/** Sums of values that may be infinite. */
function expectSums(actual: Float64Array, expected: Float64Array): void {
  const finite = (sums: Float64Array) => sums.map((sum) => (Number.isFinite(sum) ? sum : 0));
  expectClose(finite(actual), finite(expected), SUMS);
  expectSame(
    actual.map((sum) => Number(sum === Infinity)),
    expected.map((sum) => Number(sum === Infinity)),
  );
}

function cut({ width, values: all }: Plane, region: Region): number[] {
  return Array.from({ length: region.height * region.width }, (_, p) => {
    const y = region.top + Math.floor(p / region.width);
    return all[y * width + region.left + (p % region.width)];
  });
}

function withSource<R>(layer: DenseSource | ConvSource, use: (source: ReturnType<Kernels['open']>) => R): R {
  const source = kernels.open(layer);
  try {
    return use(source);
  } finally {
    source.dispose();
  }
}

describe('maps', () => {
  test('are the formulas of the method, for any neurons and inside any region', () => {
    fc.assert(
      fc.property(layers, shares, fc.array(fc.nat(1000), { minLength: 1, maxLength: 9 }), (layer, where, picks) => {
        withSource(layer, (source) => {
          const neurons = picks.map((pick) => pick % source.neurons);
          const region = regionOf(source.height, source.width, where);
          const expected = neurons.flatMap((n) => cut(contribution(layer, n), region));
          expectClose(source.maps(neurons, region), expected);
        });
      }),
      runs,
    );
  });

  test('of all neurons in order are the same as one by one', () => {
    fc.assert(
      fc.property(layers, (layer) => {
        withSource(layer, (source) => {
          const all = Array.from({ length: source.neurons }, (_, n) => n);
          const single = all.flatMap((n) => [...source.maps([n])]);
          expect([...source.maps(all)]).toEqual(single);
        });
      }),
      { numRuns: 50 },
    );
  });

  test('are written where the caller wants them', () => {
    const layer: DenseSource = {
      kind: 'dense',
      input: Float32Array.of(1, 2, 3, 4),
      pixels: 2,
      neurons: 2,
      scale: Float32Array.of(1, 10),
      offset: 0.5,
      activation: null,
    };
    withSource(layer, (source) => {
      const out = new Float32Array(4);
      expect(source.maps([1, 0], undefined, out)).toBe(out);
      expect([...out]).toEqual([20.5, 40.5, 1.5, 3.5]);
    });
  });
});

describe('functions that have no name', () => {
  const layer = (activation: PointwiseProgram, input: readonly number[], scale = 1): DenseSource => ({
    kind: 'dense',
    input: Float32Array.from(input),
    pixels: input.length,
    neurons: 1,
    scale: Float64Array.of(scale),
    offset: 0,
    activation,
  });
  const x = { value: 0 };
  const of = (operation: PointwiseOperation) => ({ instructions: [{ operation, a: x }] });
  const places = [0, -0, 1e-20, 1e-5, -3e-3, 0.1, -0.7, 1, 1.5, -2.6, 4, -7, 12, 33.3, -81, 88, 120, -700, 5000];

  test('are exact to float32, f(0) taken off, from the smallest to the largest arguments', () => {
    for (const operation of ['exp', 'sin', 'cos', 'atan', 'tanh', 'sigmoid', 'erf', 'abs'] as const) {
      const program = of(operation);
      withSource(layer(program, places), (source) => {
        const values = source.maps([0]);
        for (const [i, value] of values.entries()) {
          const argument = Math.fround(places[i]);
          const expected = evaluate(program, argument) - evaluate(program, 0);
          const rounded = Math.fround(expected);
          const close = value === rounded || Math.abs(value - rounded) <= 1e-6 * Math.abs(rounded) + 1e-11;
          if (!close) expect.fail(`${operation}(${argument}) is ${value}, not ${rounded}`);
        }
      });
    }
  });

  test('give 0 for 0, to the last bit', () => {
    const gaussian: PointwiseProgram = {
      instructions: [
        { operation: 'mul', a: x, b: x },
        { operation: 'mul', a: { value: 1 }, b: { constant: -3 } },
        { operation: 'exp', a: { value: 2 } },
      ],
    };
    for (const program of [gaussian, of('cos'), of('sigmoid')]) {
      withSource(layer(program, [0, -0]), (source) => expect([...source.maps([0])]).toEqual([0, 0]));
    }
  });

  test('roots and logarithms follow IEEE at the ends of their domain', () => {
    const shifted = (operation: PointwiseOperation): PointwiseProgram => ({
      instructions: [
        { operation: 'add', a: x, b: { constant: 1 } },
        { operation, a: { value: 1 } },
      ],
    });
    for (const operation of ['log', 'sqrt'] as const) {
      const input = [-2, -1, -0.9999, -0.5, 0, 0.5, 1, 1e10, Number.POSITIVE_INFINITY, Number.NaN];
      withSource(layer(shifted(operation), input), (source) => {
        const atZero = evaluate(shifted(operation), 0);
        const expected = input.map((value) => evaluate(shifted(operation), Math.fround(value)) - atZero);
        for (const [i, value] of source.maps([0]).entries()) {
          if (Number.isFinite(expected[i]))
            expect(value).toBeCloseTo(expected[i], 5 - Math.log10(1 + Math.abs(expected[i])));
          else expect(value).toBe(expected[i]);
        }
      });
    }
  });

  test('choose between values: an ELU, and steps', () => {
    const elu: PointwiseProgram = {
      instructions: [
        { operation: 'greater', a: x, b: { constant: 0 } },
        { operation: 'exp', a: x },
        { operation: 'sub', a: { value: 2 }, b: { constant: 1 } },
        { operation: 'where', a: { value: 1 }, b: x, c: { value: 3 } },
      ],
    };
    const two = (operation: PointwiseOperation, b: number) => ({
      instructions: [{ operation, a: x, b: { constant: b } }],
    });
    const input = [-3, -1.5, -0.5, 0, 0.5, 1.5, 2.5, 7];
    for (const program of [elu, of('floor'), of('round'), two('greaterEqual', 0.5), two('equal', 1.5)]) {
      withSource(layer(program, input), (source) => {
        const expected = input.map((value) => Math.fround(evaluate(program, value) - evaluate(program, 0)));
        expect([...source.maps([0])].map((value, i) => Math.abs(value - expected[i]) < 1e-7)).toEqual(
          input.map(() => true),
        );
      });
    }
  });

  test('are refused where an instruction reads what is not there', () => {
    const wrong = (instructions: PointwiseProgram['instructions']) => () => kernels.open(layer({ instructions }, [1]));
    expect(wrong([])).toThrow('A function has no instructions');
    expect(wrong([{ operation: 'sin', a: { value: 1 } }])).toThrow(
      'Instruction 0 reads value 1, which is not made before it',
    );
    expect(wrong([{ operation: 'gone' as 'sin', a: x }])).toThrow("There is no operation 'gone'");
  });

  test('of steep arguments see them in float64', () => {
    const siren: PointwiseProgram = {
      instructions: [
        { operation: 'mul', a: x, b: { constant: 30 } },
        { operation: 'sin', a: { value: 1 } },
      ],
    };
    const input = values(4001, 7, 1);
    const scale = 5.4321;
    withSource(layer(siren, [...input], scale), (source) => {
      const maps = source.maps([0]);
      const worst = maps.reduce(
        (most, value, p) => Math.max(most, Math.abs(value - Math.sin(30 * input[p] * scale))),
        0,
      );
      expect(worst).toBeLessThan(1e-7);
    });
  });
});

describe('functions that have a name', () => {
  test.each(['silu', 'sine', 'tanh'] as const)('%s keeps its digits where arguments are small', (activation) => {
    const input = Float32Array.from({ length: 400 }, (_, i) => (i % 2 ? -1 : 1) * 10 ** (-9 + i / 40));
    const layer: DenseSource = {
      ...{ kind: 'dense', pixels: input.length, neurons: 1, input, scale: Float32Array.of(1), offset: 0, activation },
    };
    const expected = contribution(layer, 0).values;
    withSource(layer, (source) => {
      for (const [p, value] of source.maps([0]).entries()) {
        const off = Math.abs(value / expected[p] - 1);
        if (!(off < 5e-7)) expect.fail(`of ${input[p]} it is ${value}, not ${expected[p]}`);
      }
    });
  });

  test.each([
    ['relu', [0, Number.NaN, Number.POSITIVE_INFINITY, 0, 0]],
    ['gelu', [0, Number.NaN, Number.POSITIVE_INFINITY, 0, 0]],
    ['leakyRelu', [Number.NEGATIVE_INFINITY, Number.NaN, Number.POSITIVE_INFINITY, -0, 0]],
    ['silu', [Number.NEGATIVE_INFINITY, Number.NaN, Number.POSITIVE_INFINITY, -0, 0]],
    ['sigmoid', [0, Number.NaN, 1, 0.5, 0.5]],
    ['tanh', [-1, Number.NaN, 1, 0, 0]],
  ] as const)('%s of −∞, NaN, ∞ and ±0, with the sign of zeros', (activation, expected) => {
    const input = Float32Array.of(Number.NEGATIVE_INFINITY, Number.NaN, Number.POSITIVE_INFINITY, -0, 0);
    const layer = { pixels: 5, neurons: 1, input, scale: Float32Array.of(1), offset: -0, activation };
    withSource({ kind: 'dense', ...layer }, (source) => {
      const [ofLeast, ...others] = source.maps([0]);
      expect(ofLeast).toBeCloseTo(expected[0], 15);
      expect(others).toEqual(expected.slice(1));
    });
  });
});

describe('responses', () => {
  test('add up to the pre-activation', () => {
    fc.assert(
      fc.property(convLayers, (layer) => {
        withSource(layer, (source) => {
          const { outChannels, inputShape, kernelSize: k, bias, kernel, input } = layer;
          const [channels, height, width] = inputShape;
          const o = outChannels - 1;
          const neurons = Array.from({ length: channels }, (_, i) => i * outChannels + o);
          const responses = source.responses(neurons);
          for (let p = 0; p < height * width; p++) {
            let z = bias[o];
            const [y, x] = [Math.floor(p / width), p % width];
            for (let i = 0; i < channels; i++) {
              for (let u = 0; u < k; u++) {
                for (let t = 0; t < k; t++) {
                  const [yy, xx] = [y + u - (k - 1) / 2, x + t - (k - 1) / 2];
                  if (yy < 0 || yy >= height || xx < 0 || xx >= width) continue;
                  z += kernel[((o * channels + i) * k + u) * k + t] * input[(i * height + yy) * width + xx];
                }
              }
            }
            let sum = 0;
            for (let i = 0; i < channels; i++) sum += responses[i * height * width + p];
            expect(sum).toBeCloseTo(z, 4);
          }
        });
      }),
      runs,
    );
  });

  test('are what is before the activation, inside any region', () => {
    fc.assert(
      fc.property(layers, shares, (layer, where) => {
        withSource(layer, (source) => {
          const n = source.neurons - 1;
          const plane = layer.kind === 'dense' ? denseResponse(layer, n) : convResponse(layer, n);
          const region = regionOf(plane.height, plane.width, where);
          expectClose(source.responses([n], region), cut(plane, region));
        });
      }),
      runs,
    );
  });
});

describe('reductions', () => {
  test('are sums over the maps, for any range of neurons and inside any region', () => {
    fc.assert(
      fc.property(layers, shares, fc.nat(1000), fc.integer({ min: 0, max: 6 }), (layer, where, split, groupings) => {
        withSource(layer, (source) => {
          const region = regionOf(source.height, source.width, where);
          const pixels = region.height * region.width;
          const start = split % source.neurons;
          const neurons = Array.from({ length: source.neurons - start }, (_, i) => start + i);
          const request = {
            region,
            neuronTotals: true,
            pixelTotals: true,
            groupSums: Array.from({ length: groupings }, (_, k) => ({
              groups: k + 2,
              labels: Uint16Array.from({ length: pixels }, (_, p) => (p * 7 + (p >> 2)) % (k + 2)),
            })),
          };
          const result = reduced(source, start, source.neurons, request);
          const expected = reduceReference(
            neurons.map((n) => Float64Array.from(cut(contribution(layer, n), region))),
            request,
          );
          expectClose(result.neuronTotals!.sum, expected.sum, SUMS);
          expectClose(result.neuronTotals!.min, expected.min);
          expectClose(result.neuronTotals!.max, expected.max);
          expectClose(result.pixelTotals!, expected.pixelTotals, SUMS);
          for (const [k, sums] of expected.groupSums.entries()) expectClose(result.groupSums![k], sums, SUMS);
        });
      }),
      runs,
    );
  });

  test('count exactly what the maps hold: bins, pixels and neurons above thresholds', () => {
    fc.assert(
      fc.property(layers, fc.nat(1e6), (layer, seed) => {
        withSource(layer, (source) => {
          const pixels = source.height * source.width;
          const all = Array.from({ length: source.neurons }, (_, n) => n);
          const magnitudes = source.maps(all).map(Math.abs);
          const pixelThreshold = values(pixels, seed).map(Math.abs);
          const taus = [0, 0.25, 1];
          const request = { histogram: true, pixelsPerNeuron: pixelThreshold, neuronsPerPixel: taus };
          const result = reduced(source, 0, source.neurons, request);
          const bins = new Float64Array(HISTOGRAM.bins);
          for (const a of magnitudes) bins[binOf(a)]++;
          expectSame(result.histogram!, bins);
          const above = all.map((n) => pixelThreshold.filter((t, p) => magnitudes[n * pixels + p] > t).length);
          expect([...result.pixelsPerNeuron!]).toEqual(above);
          for (const [k, tau] of taus.entries()) {
            const counts = Array.from(
              { length: pixels },
              (_, p) => all.filter((n) => magnitudes[n * pixels + p] > tau).length,
            );
            expect([...result.neuronsPerPixel![k]]).toEqual(counts);
          }
        });
      }),
      runs,
    );
  });

  test('counts of pieces, in any order and with other layers opened between, are those of the whole', () => {
    fc.assert(
      fc.property(layers, fc.nat(1000), (layer, split) => {
        withSource(layer, (source) => {
          const request = { histogram: true, neuronsPerPixel: [0, 0.25], neuronTotals: true, pixelTotals: true };
          const whole = reduced(source, 0, source.neurons, request);
          const middle = split % (source.neurons + 1);
          const reduction = source.reduction(request);
          const last = reduction.add(middle, source.neurons);
          const first = withSource(layer, () => reduction.add(0, middle));
          const { histogram, neuronsPerPixel } = reduction.counts();
          const again = reduction.counts();
          reduction.dispose();
          for (const counts of [again.histogram!, whole.histogram!]) expectSame(histogram!, counts);
          for (const k of request.neuronsPerPixel.keys()) {
            for (const { neuronsPerPixel: of } of [again, whole]) expectSame(neuronsPerPixel![k], of![k]);
          }
          expectClose([...first.neuronTotals!.sum, ...last.neuronTotals!.sum], whole.neuronTotals!.sum);
          const sums = first.pixelTotals!.map((sum, p) => sum + last.pixelTotals![p]);
          expectClose(sums, whole.pixelTotals!, SUMS);
        });
      }),
      runs,
    );
  });

  test('of rows longer than a strip are those of the maps, zeros and what is not finite included', () => {
    const [height, width, neurons] = [3, 517, 7];
    const input = values(height * width * neurons, 5, 2).map((x, i) => (i % 37 === 0 ? [Infinity, 0, -0][i % 3] : x));
    const groupings = [2, 3, 5, 7, 11].map((groups) => ({
      groups,
      labels: Uint16Array.from({ length: height * width }, (_, p) => (p * 5 + (p >> 3)) % groups),
    }));
    for (const activation of ['relu', null, 'gelu'] as const) {
      for (const count of [0, 1, 2, 3, 5]) {
        const scale = values(neurons, 6);
        const layer: DenseSource = {
          ...{ kind: 'dense', input, pixels: height * width, width, neurons, scale, offset: 0, activation },
        };
        withSource(layer, (source) => {
          const request = { histogram: true, neuronTotals: true, groupSums: groupings.slice(0, count) };
          const result = reduced(source, 0, neurons, request);
          const script = reduceMaps(request, height * width);
          const range = script.range(neurons);
          range.accept(source.maps(Array.from({ length: neurons }, (_, n) => n)));
          const expected = { ...range.result(), ...script.counts() };
          expectSame(result.histogram!, expected.histogram!);
          expectSame(result.neuronTotals!.min, expected.neuronTotals!.min);
          expectSame(result.neuronTotals!.max, expected.neuronTotals!.max);
          for (const [k, sums] of expected.groupSums!.entries()) expectSums(result.groupSums![k], sums);
        });
      }
    }
  });

  test('measure the change from the frame before', () => {
    fc.assert(
      fc.property(layers, (layer) => {
        const before = { ...layer, input: layer.input.map((value, i) => value * (i % 3) - 0.25) };
        const [source, previous] = [kernels.open(layer), kernels.open(before)];
        const all = Array.from({ length: source.neurons }, (_, n) => n);
        const maps = (of: typeof layer) => all.map((n) => contribution(of, n).values);
        const expected = reduceReference(maps(layer), {}, maps(before));
        expectClose(reduced(source, 0, source.neurons, { change: true, previous }).change!, expected.change!);
        source.dispose();
        previous.dispose();
      }),
      { numRuns: 60 },
    );
  });

  test('are the same in JavaScript: counts to the last bit, sums as far as rounding lets them', () => {
    fc.assert(
      fc.property(layers, fc.nat(1e6), (layer, seed) => {
        withPrevious(layer, (source, previous) => {
          const request = everything(source, seed);
          const all = Array.from({ length: source.neurons }, (_, n) => n);
          const script = reduceMaps(request, source.height * source.width);
          const range = script.range(source.neurons);
          range.accept(source.maps(all), previous.maps(all));
          const expected = { ...range.result(), ...script.counts() };
          const result = reduced(source, 0, source.neurons, { ...request, previous });
          expect(Object.keys(result).sort()).toEqual(Object.keys(REDUCERS).sort());
          expect(Object.keys(expected).sort()).toEqual(Object.keys(REDUCERS).sort());
          for (const name of Object.keys(request) as ReducerName[]) {
            for (const [k, numbers] of arraysOf(expected[name]).entries()) {
              expectClose(arraysOf(result[name])[k], numbers, numbers instanceof Float64Array ? SUMS : 0);
            }
          }
        });
      }),
      runs,
    );
  });

  test('that have no kernel in WebAssembly are given whole maps', () => {
    const rows = Object.values(REDUCERS) as { inWasm?: unknown }[];
    const kernelsOf = rows.map(({ inWasm }) => inWasm);
    const layer = { ...constantLayer(600 * 400, 7), width: 600, scale: values(7, 3), input: values(600 * 400 * 7, 4) };
    try {
      withPrevious(layer, (source, previous) => {
        const request = { ...everything(source, 5), previous };
        const half = () => {
          const reduction = source.reduction(request);
          const parts = [reduction.add(1, 7), reduction.counts()];
          reduction.dispose();
          return parts;
        };
        for (const row of rows.slice(0, Math.ceil(rows.length / 2))) row.inWasm = undefined;
        const some = half();
        for (const row of rows) row.inWasm = undefined;
        const [range, counts] = half();
        const neurons = [1, 2, 3, 4, 5, 6];
        const script = reduceMaps(request, source.height * source.width);
        const expected = script.range(neurons.length);
        expected.accept(source.maps(neurons), previous.maps(neurons));
        for (const [k, numbers] of arraysOf(expected.result()).entries()) expectSame(arraysOf(range)[k], numbers);
        const { histogram, neuronsPerPixel } = script.counts();
        for (const counted of [counts, some[1]]) {
          expectSame(counted.histogram!, histogram!);
          for (const [k, numbers] of neuronsPerPixel!.entries()) expectSame(counted.neuronsPerPixel![k], numbers);
        }
        expectSame(some[0].pixelsPerNeuron!, range.pixelsPerNeuron!);
        expectClose(some[0].change!, range.change!, SUMS);
      });
    } finally {
      for (const [i, row] of rows.entries()) row.inWasm = kernelsOf[i];
    }
  });

  test('of ranges add up per pixel to those of all neurons', () => {
    withPrevious({ ...constantLayer(12, 9), input: values(108, 4), scale: values(9, 3) }, (source, previous) => {
      const request = { ...everything(source, 5), previous };
      const reduction = source.reduction(request);
      const sums: Record<string, Float64Array> = {};
      const ofNeurons = [
        [0, 4],
        [4, 9],
      ].map(([start, end]) => takePixelResults(sums, reduction.add(start, end)));
      reduction.dispose();
      const whole = reduced(source, 0, 9, request);
      expect(Object.keys(sums).sort()).toEqual(namesOver('pixels'));
      expectClose(sums.pixelTotals, whole.pixelTotals!, SUMS);
      expectClose(sums.change, whole.change!, SUMS);
      expect(Object.keys(ofNeurons[0]).sort()).toEqual(namesOver('neurons'));
      expectClose(
        ofNeurons.flatMap(({ neuronTotals }) => [...neuronTotals!.sum]),
        whole.neuronTotals!.sum,
      );
    });
  });

  test('give only what was asked for', () => {
    withSource({ ...constantLayer(4, 4), neurons: 4 }, (source) => {
      expect(Object.keys(reduced(source, 0, 4, { pixelTotals: true }))).toEqual(['pixelTotals']);
      expect(reduced(source, 0, 4, { histogram: false })).toEqual({});
    });
  });

  test('keep their precision over a large picture', () => {
    const [pixels, neurons] = [400 * 400, 3];
    withSource({ ...constantLayer(pixels, neurons), width: 400 }, (source) => {
      const labels = new Uint16Array(pixels);
      const { neuronTotals, groupSums } = reduced(source, 0, neurons, {
        neuronTotals: true,
        groupSums: [{ labels, groups: 1 }],
      });
      const expected = Math.fround(0.1) * pixels;
      for (const sum of [...neuronTotals!.sum, ...groupSums![0]])
        expect(Math.abs(sum / expected - 1)).toBeLessThan(1e-5);
    });
  });
});

/** A request of every reducer there is; the compiler refuses one that is missing here. */
function everything({ height, width }: Source, seed: number): { [Name in ReducerName]: ArgumentOf<Name> } {
  const pixels = height * width;
  return {
    neuronTotals: true,
    pixelTotals: true,
    groupSums: [2, 3, 5].map((groups) => ({
      groups,
      labels: Uint16Array.from({ length: pixels }, (_, p) => (p * 7 + (p >> 2)) % groups),
    })),
    histogram: true,
    pixelsPerNeuron: values(pixels, seed).map(Math.abs),
    neuronsPerPixel: [0, 0.25, 1],
    change: true,
  };
}

/** The arrays of a result, in a fixed order. */
function arraysOf(result: unknown): Numbers[] {
  return ArrayBuffer.isView(result) ? [result as Float64Array] : Object.values(result as object).flatMap(arraysOf);
}

function withPrevious(layer: DenseSource | ConvSource, use: (source: Source, previous: Source) => void): void {
  withSource(layer, (source) => {
    const before = { ...layer, input: layer.input.map((value, i) => value * (i % 3) - 0.25) };
    withSource(before, (previous) => use(source, previous));
  });
}

/** Every contribution is 0.1. */
function constantLayer(pixels: number, neurons: number): DenseSource {
  return {
    kind: 'dense',
    input: new Float32Array(pixels * neurons),
    pixels,
    neurons,
    scale: new Float32Array(neurons),
    offset: 0.1,
    activation: null,
  };
}

describe('what does not fit', () => {
  test('is refused before anything is computed', () => {
    const layer = constantLayer(6, 2);
    expect(() => kernels.open({ ...layer, input: new Float32Array(3) })).toThrow('The input holds 3 values, not 6 × 2');
    expect(() => kernels.open({ ...layer, width: 4 })).toThrow('6 pixels are not rows of 4');
    withSource({ ...layer, width: 3 }, (source) => {
      expect(() => source.maps([2])).toThrow('There is no neuron 2, of 2');
      expect(() => source.maps([0], { top: 1, left: 0, height: 2, width: 3 })).toThrow('is not inside 2×3');
      expect(() => reduced(source, 1, 3, {})).toThrow('Neurons 1 to 3 are not among the 2');
      const labels = Uint16Array.of(0, 0, 0, 0, 0, 5);
      expect(() => reduced(source, 0, 2, { groupSums: [{ labels, groups: 5 }] })).toThrow('A label is 5');
      expect(() => reduced(source, 0, 2, { pixelsPerNeuron: new Float32Array(5) })).toThrow(
        '5 thresholds for 6 pixels',
      );
      expect(() => reduced(source, 0, 2, { neuronsPerPixel: [Number.NaN] })).toThrow('A threshold is not a number');
      expect(() => reduced(source, 0, 2, { change: true })).toThrow('The frame before is not the same layer');
    });
  });

  test('a layer that was disposed of answers so', () => {
    const source = kernels.open(constantLayer(4, 2));
    source.dispose();
    source.dispose();
    expect(() => source.maps([0])).toThrow('This layer was disposed of');
    const [layer, before] = [kernels.open(constantLayer(4, 2)), kernels.open(constantLayer(4, 2))];
    const reduction = layer.reduction({ change: true, previous: before });
    before.dispose();
    expect(() => reduction.add(0, 2)).toThrow('The frame before was disposed of');
    layer.dispose();
    expect(() => reduction.add(0, 2)).toThrow('This layer was disposed of');
    reduction.dispose();
  });
});

test('opening and disposing again and again takes no more memory', async () => {
  const own = await loadKernels();
  const layer = constantLayer(64 * 64, 32);
  const work = () => {
    const source = own.open(layer);
    reduced(source, 0, 32, { pixelTotals: true, histogram: true });
    source.maps([0, 5]);
    source.dispose();
  };
  work();
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 200; i++) work();
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(300e6);
  own.dispose();
});

/** Of the statistics whose results are of a range of neurons, of pixels, or of all. */
function namesOver(what: 'neurons' | 'pixels' | 'all'): string[] {
  return Object.entries(REDUCERS)
    .filter(([, { over }]) => over === what)
    .map(([name]) => name)
    .sort();
}
