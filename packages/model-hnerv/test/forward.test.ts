import type { Engine, SignalShape } from '@xinc/core';
import { createLocalPool, createNetwork, createTracer, type KernelPool } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import tfjs from '@xinc/engine-tfjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawParameters, network, runForward } from './network.js';
import { mapsOf, plainDecoder } from './plain-network.js';

let engines: Engine[];
let pool: KernelPool;
beforeAll(async () => {
  engines = [await ort.create({ threads: 1 }), await tfjs.create({ threads: 1 })];
  pool = await createLocalPool();
});
afterAll(async () => {
  await pool.dispose();
  for (const engine of engines) await engine.dispose();
});

const video: SignalShape = { kind: 'video', frames: 4, height: 12, width: 24 };

test.each([
  { strides: [3, 2], widths: [5, 4, 3], activation: 'gelu', output: 'tanh' },
  { strides: [2, 3], widths: [3, 4, 2], kernelSizes: [5, 1, 1], activation: 'sine', output: 'none' },
  { strides: [1, 2, 1], widths: [2, 3, 3, 2], smallestKernel: 3, activation: 'leakyRelu', output: 0.5 },
  { strides: [3], widths: [4, 2], stemScale: 2, activation: 'silu', output: 'sigmoid' },
])(
  'it draws from its embeddings what the paper says, on both engines, and the contributions of every layer add up: strides $strides, $activation, $output',
  async (config) => {
    const inr = network({ ...config, embeddingChannels: 3, embeddings: 6, at: '5,0,3,1' }, video);
    const parameters = drawParameters(inr);
    const expected = [3, 0].map((embedding) =>
      plainDecoder(parameters, mapsOf(parameters.embeddings, embedding), config),
    );
    for (const engine of engines) {
      const { output } = await runForward(engine, inr, parameters, [2, 1]);
      expect(output.shape).toEqual([2, 3, 12, 24]);
      for (const [n, plain] of expected.entries()) {
        const drawn = mapsOf(output, n).values;
        expect(drawn.reduce((most, value, i) => Math.max(most, Math.abs(value - plain.values[i])), 0)).toBeLessThan(
          2e-6,
        );
      }
    }

    expect(inr.untraced).toEqual([]);
    expect(inr.layers.map(({ id }) => id)).toEqual(['stem', ...config.strides.map((_, i) => `block${i + 1}`), 'head']);
    const traced = createNetwork(inr, parameters, engines[0]);
    const tracer = createTracer(traced, pool);
    for (const { id } of inr.layers) {
      const { largestError, largestPreactivation } = await tracer.completeness(id, 2);
      expect(largestPreactivation).toBeGreaterThan(0);
      expect(largestError, id).toBeLessThan(2e-6 * Math.max(1, largestPreactivation));
    }
    const maps = await tracer.maps('stem', 2, [0, 1]);
    expect(maps.every(Number.isFinite)).toBe(true);
    await traced.dispose();
  },
);
