import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type InrPlugin, sizeOf } from '@xinc/core';
import { encodeNpy } from '@xinc/core/formats';
import { removeUnfinished } from '@xinc/core/node';
import ffn from '@xinc/model-ffn';
import nerv from '@xinc/model-nerv';
import { Run } from '@xinc/runs';
import { PAGE_FOLDER } from '@xinc/viewer-page';
import { unzipSync } from 'fflate';
import { beforeAll, expect, test } from 'vitest';
import { type PublishOptions, publishSite } from '../../src/site/publish-site.js';
import { workbench } from './made-runs.js';

/* Folders that `publishSite` writes; what their pages show is in test/browser/site.test.ts. */

const bench = workbench();

const publish = (out: string, more: Partial<PublishOptions> = {}) =>
  publishSite({
    runs: [bench.image.source],
    registry: bench.registry,
    version: '9.8.7',
    out: join(bench.folder, out),
    page: bench.page,
    ...more,
  });

const SPEC = { mark: 'bar', data: { values: [{ a: 1 }] }, encoding: {} };

beforeAll(async () => {
  const arrays = ['embedding', 'vectors'].map((name) => ({
    name,
    frame: 0,
    layer: 'layer2',
    shape: [2],
    file: `analysis/kinds/frame-0000/layer2/${name}.npy`,
  }));
  const figures = ['plain', 'strange'].map((name) => ({
    kind: 'chart',
    name,
    title: name,
    caption: '',
    file: `analysis/kinds/figures/${name}.vl.json`,
  }));
  const inRun = (path: string) => join(bench.image.folder, path);
  await mkdir(inRun('analysis/kinds/frame-0000/layer2'), { recursive: true });
  await mkdir(inRun('analysis/kinds/figures'));
  await writeFile(inRun('analysis/kinds/result.json'), JSON.stringify({ title: 'Kinds', arrays, figures }));
  for (const { file } of arrays) await writeFile(inRun(file), encodeNpy({ shape: [2], data: Float32Array.of(1, 2) }));
  await writeFile(inRun(figures[0].file), JSON.stringify(SPEC));
  // A page does not draw it, and shows its picture.
  await writeFile(inRun(figures[1].file), JSON.stringify({ ...SPEC, projection: { type: 'mercator' } }));
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47);
  for (const { name } of figures) await writeFile(inRun(`analysis/kinds/figures/${name}.png`), png);
});

const filesOf = async (out: string) =>
  (await readdir(join(bench.folder, out, 'runs/image/files/analysis/kinds'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();

test('of an analysis, what the page reads is published; the rest is told, and published where it is asked for', async () => {
  const shown = ['embedding.npy.bin', 'plain.vl.json.bin', 'result.json.bin', 'strange.png', 'strange.vl.json.bin'];
  const { notes } = await publish('lean');
  expect(await filesOf('lean')).toEqual(shown);
  expect(notes).toContain(
    'Left out, since the page does not read them: 1 array of analyses, 0.0 MB. `withArrays` publishes them',
  );
  const whole = await publish('whole', { withArrays: true });
  expect(await filesOf('whole')).toEqual([...shown, 'vectors.npy.bin'].sort());
  expect(whole.notes).toEqual([]);
});

test('a zip holds the same files; another zip is left as it is', async () => {
  const { zip, files } = await publish('zipped', { zip: true });
  await publish('zipped', { zip: true });
  const held = unzipSync(await readFile(zip!));
  expect(Object.keys(held)).toHaveLength(files);
  expect(Buffer.from(held['site.json'])).toEqual(await readFile(join(bench.folder, 'zipped/site.json')));
  const mine = join(bench.folder, 'thesis.zip');
  await writeFile(mine, 'ten years');
  await expect(publish('thesis', { zip: true })).rejects.toMatchObject({
    code: 'conflict',
    message: `${mine} is there already, and is no zip of a site: it is left as it is. Give another folder, or remove it.`,
  });
  expect(await readFile(mine, 'utf8')).toBe('ten years');
  expect(await readdir(bench.folder)).not.toContain('thesis');
});

test('nothing of it is left where it fails, or is ended; a site that was there stays', async () => {
  await publish('kept');
  const gone = { ...bench.image.source, frame: () => Promise.reject(new Error('gone')) };
  const before = await readdir(bench.folder);
  await expect(publish('kept', { runs: [gone] })).rejects.toThrow('gone');
  expect(await readdir(bench.folder)).toEqual(before);
  expect(await readFile(join(bench.folder, 'kept/site.json'), 'utf8')).toContain('"image"');
  const ended = {
    ...bench.image.source,
    frame: async () => {
      expect(await readdir(bench.folder)).toHaveLength(before.length + 1);
      removeUnfinished();
      throw new Error('ended');
    },
  };
  await expect(publish('kept', { runs: [ended] })).rejects.toThrow('ended');
  expect(await readdir(bench.folder)).toEqual(before);
});

test('networks of the default size open with few bytes, and leave room for their analyses', async () => {
  const [height, width] = [128, 256];
  // Numbers that do not compress, as those of weights.
  let state = 1;
  const noise = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const rgb = Float32Array.from({ length: 3 * height * width }, () => Math.round(255 * noise()) / 255);
  async function untrained<C>(model: InrPlugin<C>, kind: 'image' | 'video', frames: number) {
    const inr = model.build(model.config.parse({}), { kind, frames, height, width });
    const folder = join(bench.folder, `default-${model.name}`);
    const { manifest } = bench.image.run;
    const metrics = { psnr: 20, framePsnr: Array.from({ length: frames }, () => 20) };
    const signal = { ...manifest.signal, kind, frames, height, width, labelled: false };
    const run = await Run.create(folder, { ...manifest, signal, metrics });
    const filled = (size: number) => Float32Array.from({ length: size }, () => noise() - 0.5);
    await run.writeWeights(
      Object.fromEntries(inr.parameters.map(({ name, shape }) => [name, { shape, data: filled(sizeOf(shape)) }])),
    );
    const frame = async () => ({ height, width, rgb });
    return { ...bench.image.source, folder, name: model.name, model: () => ({ title: model.title, inr }), frame };
  }
  const sources = [await untrained(ffn, 'image', 1), await untrained(nerv, 'video', 2)];
  const { runs } = await publish('defaults', { runs: sources, page: PAGE_FOLDER });
  const [image, video] = runs.map(({ loads }) => loads);
  // Of 3 MB and 10 MB that all panels but switching off may take.
  expect([image.panels < 2e6, video.panels < 6e6]).toEqual([true, true]);
  expect(video.panels).toBeGreaterThan(3.9e6);
  expect(image.switchingOff).toBeLessThan(8e6);
});
