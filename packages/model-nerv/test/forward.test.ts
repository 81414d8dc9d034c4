import type { ConvHook, Engine } from '@xinc/core';
import ort from '@xinc/engine-ort';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawParameters, network, runForward } from './network.js';
import {
  apply,
  at,
  convolveChannel,
  type Maps,
  makeMaps,
  mapsOf,
  activations as plainActivations,
  plainNerv,
  shuffle,
} from './plain-network.js';

let engine: Engine;
beforeAll(async () => {
  engine = await ort.create({ threads: 1 });
});
afterAll(() => engine.dispose());

/** Largest difference of two sets of maps of the same extents. */
function largestError(a: Maps, b: Maps): number {
  expect([a.channels, a.height, a.width]).toEqual([b.channels, b.height, b.width]);
  return a.values.reduce((largest, value, n) => Math.max(largest, Math.abs(value - b.values[n])), 0);
}

const signal = { kind: 'video', frames: 5, height: 12, width: 24 } as const;

describe('the forward pass', () => {
  test.each([
    { strides: [3, 2], widths: [5, 4, 3], kernelSize: [3], activation: 'gelu', output: 'tanh' },
    { strides: [2, 3], widths: [3, 4, 2], kernelSize: [5, 1, 3], activation: 'sine', output: '0' },
    { strides: [1, 2, 1], widths: [2, 3, 3, 2], kernelSize: [1], activation: 'leakyRelu', output: '0.5' },
    { strides: [4], widths: [4, 2], kernelSize: [5], activation: 'silu', output: 'sigmoid' },
    { strides: [2, 2], widths: [4, 3, 2], kernelSize: [3, 3, 1], activation: 'relu', output: 'tanh' },
    { strides: [2], widths: [3, 2], kernelSize: [3, 1], activation: 'gelu', output: 'tanh', stemWidths: [7, 5] },
  ])(
    'is the method’s: strides $strides, kernels $kernelSize, $activation, $output, dense layers $stemWidths',
    async (config) => {
      const inr = network({ ...config, encodingLevels: 6 }, signal);
      const parameters = drawParameters(inr);
      const frames = [4, 1];
      const factor = config.strides.reduce((a, b) => a * b, 1);
      const { output } = await runForward(engine, inr, parameters, frames);
      expect(output.shape).toEqual([2, 3, 12, 24]);
      for (const n of [0, 1]) {
        const encoding = inr.inputs([frames[n]]).encoding.data;
        const stem = [config.widths[0], 12 / factor, 24 / factor] as const;
        const plain = plainNerv(parameters, encoding, { ...config, stem });
        expect(largestError(mapsOf(output, n), plain)).toBeLessThan(2e-6);
      }
    },
  );

  test('of the paper’s network gives finite pictures in [0, 1] that differ from frame to frame', async () => {
    const inr = network({}, { kind: 'video', frames: 30, height: 128, width: 256 });
    const { output } = await runForward(engine, inr, drawParameters(inr), [0, 17]);
    expect(output.shape).toEqual([2, 3, 128, 256]);
    expect(output.data.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(largestError(mapsOf(output, 0), mapsOf(output, 1))).toBeGreaterThan(1e-4);
  });
});

describe('the layers traced', () => {
  const config = { strides: '2,3', widths: '4,3,2', kernelSize: '3,5,3', encodingLevels: 6, output: 0 };
  const inr = network(config, signal);
  const hooks = inr.layers as readonly ConvHook[];
  const parameters = drawParameters(inr);
  let results: Awaited<ReturnType<typeof runForward>>;
  beforeAll(async () => {
    results = await runForward(engine, inr, parameters, [3]);
  });

  test.each(hooks)('$id: contributions add up to its pre-activation (completeness)', (hook) => {
    const input = mapsOf(results[hook.input]);
    const kernel = parameters[hook.kernel];
    const bias = parameters[hook.bias];
    const s = hook.shuffle;
    const [outChannels, inChannels] = kernel.shape;
    expect(input.channels).toBe(inChannels);

    const total = makeMaps(outChannels / s ** 2, input.height * s, input.width * s, () => 0);
    for (let i = 0; i < inChannels; i++) {
      for (let o = 0; o < outChannels; o++) {
        const response = convolveChannel(input, i, kernel, o);
        const cell = o % s ** 2;
        for (let y = 0; y < input.height; y++) {
          for (let x = 0; x < input.width; x++) {
            const target = at(total, Math.floor(o / s ** 2), y * s + Math.floor(cell / s), x * s + (cell % s));
            total.values[target] += response.values[at(response, 0, y, x)] + bias.data[o] / inChannels;
          }
        }
      }
    }
    const preactivation = shuffle(mapsOf(results[hook.preactivation]), s);
    expect(preactivation.values.some((value) => Math.abs(value) > 0.01)).toBe(true);
    expect(largestError(total, preactivation)).toBeLessThan(1e-6);
  });

  test('hand on the activation of what they name as pre-activation', () => {
    hooks.slice(1).forEach((next, k) => {
      const hook = hooks[k];
      const z = shuffle(mapsOf(results[hook.preactivation]), hook.shuffle);
      expect(largestError(apply(z, plainActivations[hook.activation!]), mapsOf(results[next.input]))).toBeLessThan(
        1e-6,
      );
    });
    expect(results[hooks[hooks.length - 1].preactivation].data).toEqual(results.output.data);
  });
});
