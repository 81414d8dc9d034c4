import type { Engine } from '@xinc/core';
import { createLocalPool, createNetwork, createTracer, type KernelPool } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawParameters, network } from './network.js';

let engine: Engine;
let pool: KernelPool;
beforeAll(async () => {
  engine = await ort.create({ threads: 1 });
  pool = await createLocalPool();
});
afterAll(async () => {
  await pool.dispose();
  await engine.dispose();
});

/** One to three blocks of any strides and kernels on a stem of a few cells. */
const architectures = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }).chain((strides) =>
  fc.record({
    strides: fc.constant(strides),
    kernelSize: fc.array(fc.constantFrom(1, 3, 5), { minLength: strides.length + 1, maxLength: strides.length + 1 }),
    widths: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: strides.length + 1, maxLength: strides.length + 1 }),
    stem: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    output: fc.constantFrom('tanh', 'sigmoid', '0'),
  }),
);

test.each(['gelu', 'relu', 'leakyRelu', 'leakyRelu0.1', 'leakyRelu0.2', 'silu', 'sine'])(
  'contributions add up in every layer of any network, and every kernel has a finite map (%s)',
  async (activation) => {
    await fc.assert(
      fc.asyncProperty(architectures, async ({ stem: [rows, columns], ...shape }) => {
        const factor = shape.strides.reduce((a, b) => a * b, 1);
        const signal = { kind: 'video', frames: 3, height: rows * factor, width: columns * factor } as const;
        const inr = network({ ...shape, activation, encodingLevels: 4 }, signal);
        const traced = createNetwork(inr, drawParameters(inr), engine);
        const tracer = createTracer(traced, pool);
        for (const { id } of inr.layers) {
          const { largestError, largestPreactivation } = await tracer.completeness(id, 1);
          expect(largestPreactivation).toBeGreaterThan(0);
          expect(largestError, id).toBeLessThan(2e-6 * Math.max(1, largestPreactivation));
          const maps = await tracer.maps(id, 1, [0]);
          expect(maps.length).toBe(signal.height * signal.width);
          expect(maps.every(Number.isFinite)).toBe(true);
        }
        await traced.dispose();
      }),
      { numRuns: 8 },
    );
  },
);
