import { matchParameters, readCheckpoint, tensorShapes } from '@xinc/checkpoints';
import { type Engine, type LayerStatistics, meanSquaredError, psnrOfError } from '@xinc/core';
import { createWorkerPool } from '@xinc/core/node';
import { clampFrame, createNetwork, createTracer, type KernelPool, type Tracer } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import nerv from '@xinc/model-nerv';
import { openSignal } from '@xinc/signals';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNear, hasReference, referenceArray, referencePath } from './reference.js';
import { expectSame, throughOnnx } from './through-onnx.js';

/* A NeRV in the published state-dict format, against what the published code computed with it (method §7). */
const FOLDER = 'nerv-1001';
/** Inputs and outputs of each layer's convolution. */
const LAYERS: Readonly<Record<string, readonly [inputs: number, outputs: number]>> = {
  head: [22, 3],
  block3: [26, 88],
  block2: [31, 104],
  block1: [37, 496],
};

describe.runIf(hasReference)('the NeRV checkpoint', () => {
  let engine: Engine;
  let pool: KernelPool;
  let tracer: Tracer;
  let statistics: Record<string, LayerStatistics>;

  beforeAll(async () => {
    const checkpoint = await readCheckpoint(referencePath(FOLDER, 'nerv1001.pth'));
    const signal = { kind: 'video', frames: 30, height: 128, width: 256 } as const;
    const inferred = nerv.infer!(tensorShapes(checkpoint), signal);
    const inr = nerv.build(nerv.config.parse({ ...inferred, output: '0' }), signal);
    engine = await ort.create();
    pool = createWorkerPool({ workers: 2 });
    const weights = matchParameters(checkpoint, inr.parameters, inr.checkpoints);
    tracer = createTracer(createNetwork(inr, weights, engine), pool);
    statistics = await tracer.trace(0, { neuronTotals: true, pixelTotals: true });
  });
  afterAll(async () => {
    await pool?.dispose();
    await engine?.dispose();
  });

  test('draws its frames at the published 23.85 dB', async () => {
    const signal = await openSignal(referencePath('frames-1001'));
    const decibels: number[] = [];
    for (let frame = 0; frame < 30; frame++) {
      const drawn = clampFrame(await tracer.network.reconstruct(frame));
      decibels.push(psnrOfError(meanSquaredError(drawn, await signal.frame(frame))));
    }
    expect(decibels.reduce((a, b) => a + b) / 30).toBeCloseTo(23.85, 2);
  });

  test.each(Object.keys(LAYERS))('%s: sums per kernel and per pixel', async (layer) => {
    const { neuronTotals, pixelTotals } = statistics[layer];
    const sums = await referenceArray(FOLDER, `${layer}_neuron_abs_sum.npy`);
    expectNear(neuronTotals!.sum, sums, { relative: 1e-4, absolute: 2e-5 });
    const perPixel = await referenceArray(FOLDER, `${layer}_pixel_abs_sum.npy`);
    expectNear(pixelTotals!, perPixel, { relative: 1e-4, absolute: 2e-5 });
  });

  test.each(Object.entries(LAYERS))('%s: sample maps, with their signs', async (layer, [inputs, outputs]) => {
    const neurons: number[] = [];
    for (let i = 0; i < inputs; i += 7) for (let o = 0; o < outputs; o += 31) neurons.push(i * outputs + o);
    const maps = await tracer.maps(layer, 0, neurons.slice(0, 6));
    const expected = await referenceArray(FOLDER, `${layer}_maps_every7in_31out_first6.npy`);
    expectNear(maps.subarray(0, expected.length), expected, { relative: 1e-4, absolute: 2e-5 });
  });

  test.each(Object.keys(LAYERS))('%s: contributions add up to the pre-activation', async (layer) => {
    const { largestError, largestPreactivation } = await tracer.completeness(layer, 7);
    expect(largestPreactivation).toBeGreaterThan(0.1);
    expect(largestError / largestPreactivation).toBeLessThan(1e-5);
  });

  test('exported as ONNX and imported again, it has the same picture, maps and sums, to the bit', async () => {
    const other = await throughOnnx(tracer.network, engine);
    await expectSame(tracer, other, pool, (neurons) => Array.from({ length: 66 }, (_, i) => (i * 277) % neurons));
    await other.dispose();
  });
});
