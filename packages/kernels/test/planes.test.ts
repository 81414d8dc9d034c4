import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type GatedSource, type Kernels, loadKernels } from '../src/index.js';
import { reduced, regionOf, shares, values } from './layers.js';
import { type Grid, pictureOf, planesLayers, startOf } from './planes.js';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

/** Steep functions of functions multiply what float32 rounds. */
const CLOSE = 2e-4;

function expectClose(actual: Float32Array, { values: expected }: Grid, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  for (const [i, value] of expected.entries()) {
    if (!(Math.abs(actual[i] - value) <= tolerance * largest)) expect.fail(`value ${i} is ${actual[i]}, not ${value}`);
  }
}

describe('ways that fork and join', () => {
  test('are what their steps say, for every neuron', () => {
    fc.assert(
      fc.property(planesLayers, (layer) => {
        const source = kernels.open(layer);
        for (let n = 0; n < source.neurons; n++) {
          const expected = pictureOf(layer, n);
          expect([source.height, source.width]).toEqual([expected.height, expected.width]);
          expectClose(source.maps([n]), expected, CLOSE);
          expectClose(source.responses([n]), startOf(layer.start, n), 4e-6);
        }
        source.dispose();
      }),
      { numRuns: 300 },
    );
  });

  test('are the same bits one by one and all together, inside any region', () => {
    fc.assert(
      fc.property(planesLayers, shares, (layer, where) => {
        const source = kernels.open(layer);
        const { height, width, neurons } = source;
        const region = regionOf(height, width, where);
        const all = Array.from({ length: neurons }, (_, n) => n);
        const maps = source.maps(all, region);
        const area = region.height * region.width;
        for (const n of all) {
          const whole = source.maps([n]);
          for (let p = 0; p < area; p++) {
            const y = region.top + Math.floor(p / region.width);
            expect(maps[n * area + p]).toBe(whole[y * width + region.left + (p % region.width)]);
          }
        }
        const { neuronTotals } = reduced(source, 0, neurons, { neuronTotals: true, region });
        for (const n of all) {
          const sum = maps.subarray(n * area, (n + 1) * area).reduce((total, value) => total + Math.abs(value), 0);
          expect(Math.abs(neuronTotals!.sum[n] - sum)).toBeLessThanOrEqual(1e-5 * Math.max(1, sum));
        }
        source.dispose();
      }),
      { numRuns: 100 },
    );
  });

  test('are refused where a step reads what is not made before it', () => {
    const start = { kind: 'values', input: values(6, 1), neurons: 1, height: 2, width: 3 } as const;
    const open =
      (
        steps: Parameters<typeof kernels.open>[0] extends infer L ? (L extends { steps: infer S } ? S : never) : never,
      ) =>
      () =>
        kernels.open({ kind: 'planes', start, steps, picture: steps.length });
    expect(open([{ kind: 'function', of: 1, f: 'relu' }])).toThrow(
      'Step 0 reads planes 1, which are not made before it',
    );
    expect(open([{ kind: 'weighted', of: 0, rows: [[[2, 1]]], columns: [[[0, 1]]] }])).toThrow('Place 2 is read, of 2');
    expect(open([{ kind: 'factor', of: 0, by: values(5, 1), divide: false }])).toThrow(
      'A factor holds 5 values, not 2 × 3',
    );
    expect(() => kernels.open({ kind: 'planes', start, steps: [], picture: 1 })).toThrow(
      'The picture is plane 1, of 1',
    );
  });
});

describe('dense layers with a gate', () => {
  test('are multiplied by it at each pixel', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 70 }),
        shares,
        (neurons, outputs, where) => {
          const [height, width] = [3, 5];
          const pixels = height * width;
          const layer: GatedSource = {
            kind: 'gated',
            input: values(pixels * neurons, 1),
            pixels,
            width,
            neurons,
            outputs,
            gate: values(pixels * outputs, 2),
            weight: values(outputs * neurons, 3),
            offset: values(pixels, 4),
            activation: 'relu',
          };
          const source = kernels.open(layer);
          const region = regionOf(height, width, where);
          for (let n = 0; n < neurons; n++) {
            const maps = source.maps([n], region);
            for (const [i, value] of maps.entries()) {
              const p = (region.top + Math.floor(i / region.width)) * width + region.left + (i % region.width);
              let scale = 0;
              for (let o = 0; o < outputs; o++) scale += layer.gate[p * outputs + o] * layer.weight[o * neurons + n];
              const expected = Math.max(0, layer.input[p * neurons + n] * scale + layer.offset[p]);
              expect(Math.abs(value - expected)).toBeLessThan(2e-6 * Math.sqrt(outputs));
            }
          }
          source.dispose();
        },
      ),
      { numRuns: 60 },
    );
  });
});
