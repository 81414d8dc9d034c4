import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeNpy } from '@xinc/core/formats';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectNear, hasReference, referenceArray, referencePath } from './reference.js';
import { workFolder, xinc } from './xinc.js';

/*
 * The published checkpoints as a user takes them through the commands: import, trace, analyze. What is written is compared
 * with every array of the published code (method §7): maps 2e-5 absolute, sums 1e-4 relative, counts within 0.1 % of what
 * could be counted, since a value on a threshold may fall on either side.
 */
const work = workFolder();
const [HEIGHT, WIDTH] = [128, 256];

const succeed = async (...args: string[]) => {
  const { status, stderr } = await xinc(args);
  expect(status, stderr).toBe(0);
};

const written = async (...parts: string[]) => [...decodeNpy(await readFile(join(...parts)), parts.join('/')).data];

/** Maps as `xinc trace` writes them. */
async function traced(run: string, layer: string, neurons: string, ...options: string[]): Promise<number[]> {
  const out = work.file('maps.npy');
  await succeed('trace', run, '--layer', layer, '--neurons', neurons, '--out', out, ...options);
  return written(out);
}

describe.runIf(hasReference)('ffn-0005 through the commands', () => {
  const FOLDER = 'ffn-0005';
  const LAYERS: [layer: string, neurons: number][] = [
    ['layer1', 208],
    ['layer2', 104],
    ['layer3', 104],
  ];
  const run = () => work.file('ffn');
  const published = () => work.file('ffn-published');
  const of = (name: string) => referenceArray(FOLDER, name);
  const array = (folder: string, analysis: string, layer: string, name: string) =>
    written(folder, 'analysis', analysis, 'frame-0000', layer, `${name}.npy`);

  beforeAll(async () => {
    const source = ['import', referencePath(FOLDER, 'best_model.ckpt'), '--model', 'ffn'];
    // The 32 colour clusters come in as labels, and so become the grouping "instances".
    const signal = ['--signal', referencePath(FOLDER, 'reconstruction.png')];
    const labels = ['--labels', referencePath(FOLDER, 'rgb32_labels.npy')];
    const analyses = ['canvas', 'grouping-variance', 'pixels-per-neuron', 'neurons-per-pixel'];
    await succeed(...source, ...signal, ...labels, '--out', run());
    await succeed('analyze', run(), ...analyses, '--groupings', 'instances,grid:32x32');
    await succeed(...source, ...signal, ...labels, '--out', published());
    await succeed(
      'analyze',
      published(),
      'grouping-variance',
      '--groupings',
      'instances,grid',
      '--preset',
      'published',
    );
  }, 120_000);

  test('the picture', async () => {
    const out = work.file('ffn.npz');
    await succeed('export', run(), '--format', 'npz', '--out', out);
    const { readCheckpoint } = await import('@xinc/checkpoints');
    const picture = (await readCheckpoint(out)).tensors.get('reconstruction')!.float32();
    expectNear(picture, await of('reconstruction_hw3.npy'), { absolute: 1e-5 });
  });

  test.each(LAYERS)('%s: maps', async (layer, neurons) => {
    const maps = await traced(run(), layer, `0,17,${neurons - 1}`);
    expectNear(maps, await of(`${layer}_maps_0_17_last.npy`), { absolute: 2e-5 });
  });

  test('layer3: maps per channel', async () => {
    const maps = await traced(run(), 'layer3', '0,17,103', '--channels');
    expectNear(maps, await of('layer3_rgb_maps_0_17_last.npy'), { absolute: 2e-5 });
  });

  test.each(LAYERS)('%s: sums', async (layer) => {
    const near = { relative: 1e-4, absolute: 1e-5 };
    expectNear(await array(run(), 'canvas', layer, 'neuron_abs_sum'), await of(`${layer}_neuron_abs_sum.npy`), near);
    expectNear(await array(run(), 'canvas', layer, 'pixel_abs_sum'), await of(`${layer}_pixel_abs_sum.npy`), near);
  });

  test.each(LAYERS)('%s: pixels per neuron', async (layer) => {
    const pixels = await array(run(), 'pixels-per-neuron', layer, 'pixels');
    expectNear(pixels, await of(`${layer}_pixels_per_neuron.npy`), { absolute: (HEIGHT * WIDTH) / 1000 });
  });

  test.each(LAYERS)('%s: neurons per pixel, and the thresholds', async (layer, neurons) => {
    const { values } = JSON.parse(await readFile(join(run(), 'analysis/neurons-per-pixel/result.json'), 'utf8'));
    const thresholds = JSON.parse(await readFile(referencePath(FOLDER, `${layer}_thresholds.json`), 'utf8'));
    for (const area of ['0.1', '0.5']) {
      const threshold = JSON.stringify(values).match(new RegExp(`"${layer}":\\{[^}]*"${area}":([\\d.e-]+)`))?.[1];
      expect(Math.abs(Number(threshold) / thresholds[area] - 1), `τ(${area})`).toBeLessThan(1e-3);
      const counts = await array(run(), 'neurons-per-pixel', layer, `area_${area}`);
      const expected = await of(`${layer}_neurons_per_pixel_area${area}.npy`);
      expect(counts.length).toBe(expected.length);
      const off = counts.reduce((sum, count, p) => sum + Math.abs(count - expected[p]), 0);
      expect(off / (neurons * HEIGHT * WIDTH), `area ${area}`).toBeLessThan(1e-3);
    }
  });

  test.each(LAYERS)('%s: variances over colour clusters and cells, signed and as published', async (layer) => {
    const near = { relative: 1e-4, absolute: 1e-5 };
    const variances = (folder: string, grouping: string) => array(folder, 'grouping-variance', layer, grouping);
    expectNear(await variances(run(), 'instances'), await of(`${layer}_rgb32_variance_signed.npy`), near);
    expectNear(await variances(published(), 'instances'), await of(`${layer}_rgb32_variance_official.npy`), near);
    expectNear(await variances(run(), 'grid'), await of(`${layer}_grid4x8px_variance_signed.npy`), near);
    expectNear(await variances(published(), 'grid'), await of(`${layer}_grid4x8px_variance_signed.npy`), near);
  });
});

describe.runIf(hasReference)('nerv-1001 through the commands', () => {
  const FOLDER = 'nerv-1001';
  const LAYERS: [layer: string, inputs: number, outputs: number][] = [
    ['head', 22, 3],
    ['block3', 26, 88],
    ['block2', 31, 104],
    ['block1', 37, 496],
  ];
  const run = () => work.file('nerv');

  beforeAll(async () => {
    const source = ['import', referencePath(FOLDER, 'nerv1001.pth'), '--model', 'nerv', '--set', 'output=0'];
    await succeed(...source, '--signal', referencePath('frames-1001'), '--out', run());
    await succeed('analyze', run(), 'canvas', '--frames', '0');
  }, 120_000);

  test.each(LAYERS)('%s: sums', async (layer) => {
    const near = { relative: 1e-4, absolute: 2e-5 };
    for (const name of ['neuron_abs_sum', 'pixel_abs_sum']) {
      const sums = await written(run(), 'analysis', 'canvas', 'frame-0000', layer, `${name}.npy`);
      expectNear(sums, await referenceArray(FOLDER, `${layer}_${name}.npy`), near);
    }
  });

  test.each(LAYERS)('%s: maps', async (layer, inputs, outputs) => {
    const kernels: number[] = [];
    for (let i = 0; i < inputs; i += 7) for (let o = 0; o < outputs; o += 31) kernels.push(i * outputs + o);
    const chosen = kernels.slice(0, 6);
    const expected = await referenceArray(FOLDER, `${layer}_maps_every7in_31out_first6.npy`);
    const maps = await traced(run(), layer, chosen.join(','));
    expect(expected.length).toBe(chosen.length * HEIGHT * WIDTH);
    expectNear(maps, expected, { absolute: 2e-5 });
  });
});
