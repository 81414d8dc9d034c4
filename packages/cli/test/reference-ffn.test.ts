import { readFile } from 'node:fs/promises';
import { matchParameters, readCheckpoint } from '@xinc/checkpoints';
import type { Engine, LabelMap, LayerStatistics } from '@xinc/core';
import { createLocalPool, createNetwork, createTracer, type Tracer } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import ffn from '@xinc/model-ffn';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNear, hasReference, referenceArray, referencePath } from './reference.js';
import { expectSame, throughOnnx } from './through-onnx.js';

/* The published FFN checkpoint of Cityscapes-VPS 0005, against what the published code computed with it (method §7). */
const FOLDER = 'ffn-0005';
const [HEIGHT, WIDTH] = [128, 256];
const LAYERS = ['layer1', 'layer2', 'layer3'];

describe.runIf(hasReference)('the published FFN checkpoint', () => {
  let engine: Engine;
  let tracer: Tracer;
  let statistics: Record<string, LayerStatistics>;

  beforeAll(async () => {
    const checkpoint = await readCheckpoint(referencePath(FOLDER, 'best_model.ckpt'));
    const signal = { kind: 'image', frames: 1, height: HEIGHT, width: WIDTH } as const;
    const inr = ffn.build(ffn.config.parse({}), signal);
    engine = await ort.create();
    const weights = matchParameters(checkpoint, inr.parameters, inr.checkpoints);
    tracer = createTracer(createNetwork(inr, weights, engine), await createLocalPool());
    const rgb = await referenceArray(FOLDER, 'rgb32_labels.npy');
    const labels: Record<string, LabelMap> = {
      rgb: map(rgb, 32),
      grid: map(
        Array.from({ length: HEIGHT * WIDTH }, (_, p) => {
          return Math.floor(p / WIDTH / 4) * (WIDTH / 8) + Math.floor((p % WIDTH) / 8);
        }),
        (HEIGHT / 4) * (WIDTH / 8),
      ),
    };
    const request = {
      neuronTotals: true,
      pixelTotals: true,
      groupSums: ['rgb', 'grid'],
      histogram: true,
      pixelsPerNeuron: true,
      neuronsPerPixel: { areas: [0.1, 0.5] },
    };
    statistics = await tracer.trace(0, request, { labels });
    groups = { rgb: sizes(labels.rgb), grid: sizes(labels.grid) };
  });
  afterAll(() => engine?.dispose());

  let groups: Record<string, number[]>;

  test('draws the published picture', async () => {
    const { rgb } = await tracer.network.reconstruct(0);
    expectNear(rgb, await referenceArray(FOLDER, 'reconstruction_hw3.npy'), { absolute: 1e-5 });
  });

  test.each(LAYERS)('%s: maps, with their signs', async (layer) => {
    const last = statistics[layer].neurons - 1;
    const maps = await tracer.maps(layer, 0, [0, 17, last]);
    expectNear(maps, await referenceArray(FOLDER, `${layer}_maps_0_17_last.npy`), { absolute: 2e-5 });
  });

  test('layer3: maps per channel', async () => {
    const maps = await tracer.maps('layer3', 0, [0, 17, 103], { channels: true });
    const expected = await referenceArray(FOLDER, 'layer3_rgb_maps_0_17_last.npy');
    expectNear(maps, expected, { absolute: 2e-5 });
  });

  test.each(LAYERS)('%s: sums per neuron and per pixel', async (layer) => {
    const { neuronTotals, pixelTotals } = statistics[layer];
    const sums = await referenceArray(FOLDER, `${layer}_neuron_abs_sum.npy`);
    expectNear(neuronTotals!.sum, sums, { relative: 1e-4, absolute: 1e-3 });
    const perPixel = await referenceArray(FOLDER, `${layer}_pixel_abs_sum.npy`);
    expectNear(pixelTotals!, perPixel, { relative: 1e-4, absolute: 2e-5 });
  });

  test.each(LAYERS)('%s: pixels per neuron', async (layer) => {
    const expected = await referenceArray(FOLDER, `${layer}_pixels_per_neuron.npy`);
    // A value that equals the threshold to the last bit may fall on either side.
    expectNear(statistics[layer].pixelsPerNeuron!, expected, { absolute: (HEIGHT * WIDTH) / 1000 });
  });

  test.each(LAYERS)('%s: thresholds, and neurons per pixel above them', async (layer) => {
    const thresholds = JSON.parse(await readFile(referencePath(FOLDER, `${layer}_thresholds.json`), 'utf8'));
    for (const { area, threshold, counts } of statistics[layer].neuronsPerPixel!) {
      const expected = thresholds[String(area)] ?? thresholds[`area${area}`];
      expect(Math.abs(threshold / expected - 1), `τ of ${area}`).toBeLessThan(1e-3);
      const reference = await referenceArray(FOLDER, `${layer}_neurons_per_pixel_area${area}.npy`);
      const [total, wanted] = [sum(counts), sum(reference)];
      expect(Math.abs(total / wanted - 1), `neurons above τ of ${area}`).toBeLessThan(2e-3);
    }
  });

  test.each(LAYERS)('%s: variances over groups, as published and signed', async (layer) => {
    const { neurons, neuronTotals, groupSums } = statistics[layer];
    const variances = (grouping: string, absolute: boolean) =>
      Array.from({ length: neurons }, (_, n) => {
        const total = neuronTotals!.sum[n];
        const count = groups[grouping].length;
        const deltas = groups[grouping].map((size, g) => {
          const expected = (total * size) / (HEIGHT * WIDTH);
          const delta = (groupSums[grouping][n * count + g] - expected) / expected;
          return absolute ? Math.abs(delta) : delta;
        });
        const mean = sum(deltas) / count;
        return total === 0 ? Number.NaN : sum(deltas.map((delta) => (delta - mean) ** 2)) / (count - 1);
      });
    const near = { relative: 1e-4, absolute: 1e-5 };
    const of = (name: string) => referenceArray(FOLDER, `${layer}_${name}.npy`);
    expectNear(variances('rgb', true), await of('rgb32_variance_official'), near);
    expectNear(variances('rgb', false), await of('rgb32_variance_signed'), near);
    expectNear(variances('grid', false), await of('grid4x8px_variance_signed'), near);
  });

  test.each(LAYERS)('%s: contributions add up to the pre-activation', async (layer) => {
    const { largestError, largestPreactivation } = await tracer.completeness(layer, 0);
    expect(largestPreactivation).toBeGreaterThan(0.1);
    expect(largestError / largestPreactivation).toBeLessThan(1e-5);
  });

  test('exported as ONNX and imported again, it has the same picture, maps and sums, to the bit', async () => {
    const other = await throughOnnx(tracer.network, engine);
    await expectSame(tracer, other, await createLocalPool());
    await other.dispose();
  });
});

function map(labels: readonly number[], groups: number): LabelMap {
  return {
    height: HEIGHT,
    width: WIDTH,
    labels: Uint16Array.from(labels),
    groups: Array.from({ length: groups }, (_, g) => ({ name: `group ${g}` })),
  };
}

function sizes({ labels, groups }: LabelMap): number[] {
  return groups.map((_, g) => labels.filter((label) => label === g).length);
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}
