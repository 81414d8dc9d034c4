import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeNpy } from '@xinc/core/formats';
import { encodePng } from '@xinc/signals';
import { describe, expect, test } from 'vitest';
import { workFolder, xinc } from './xinc.js';

const work = workFolder();
const [HEIGHT, WIDTH] = [18, 26];
const categories = [
  { id: 1, name: 'sky', isthing: 0, color: [70, 130, 180] },
  { id: 2, name: 'car', isthing: 1, color: [0, 0, 142] },
];

/** A panoptic PNG of ids that depend on the place. */
async function panopticPng(path: string, idAt: (y: number, x: number) => number): Promise<void> {
  const rgb = new Float32Array(3 * HEIGHT * WIDTH);
  for (let p = 0; p < HEIGHT * WIDTH; p++) {
    const id = idAt(Math.floor(p / WIDTH), p % WIDTH);
    for (let c = 0; c < 3; c++) rgb[3 * p + c] = ((id >> (8 * c)) & 0xff) / 255;
  }
  await writeFile(path, await encodePng({ height: HEIGHT, width: WIDTH, rgb }));
}

describe('--labels', () => {
  test('a COCO panoptic JSON gives instances and categories in the report, and what resizing lost', async () => {
    const [sky, left, right, speck] = [0x123456, 2, 3, 4];
    const annotation = work.file('coco.json');
    const segments = { [sky]: 1, [left]: 2, [right]: 2, [speck]: 2 };
    await writeFile(
      annotation,
      JSON.stringify({
        images: [{ id: 5, file_name: 'picture.png', height: HEIGHT, width: WIDTH }],
        annotations: [
          {
            image_id: 5,
            file_name: 'picture.png',
            segments_info: Object.entries(segments).map(([id, category]) => ({
              id: Number(id),
              category_id: category,
            })),
          },
        ],
        categories,
      }),
    );
    await mkdir(work.file('coco'), { recursive: true });
    await panopticPng(work.file('coco/picture.png'), (y, x) => {
      if (y === 0 && x === 0) return speck;
      if (y < 6) return sky;
      if (y < 12) return x < 13 ? left : right;
      return 0;
    });
    const run = work.file('labelled');
    const outcome = await xinc([
      ...['explain', work.picture, '--labels', annotation, '--size', '9x13', '--out', run],
      ...['--steps', '20', '--set', 'width=12', '--set', 'fourierFeatures=10', '--groupings', 'instances,categories'],
    ]);
    expect(outcome.status, outcome.stderr).toBe(0);
    expect(outcome.stderr).toContain('Labels: coco.json, COCO panoptic, 2 things and 1 stuff region');
    expect(outcome.stderr).toContain('lost in resizing to 9×13: car 3');
    expect(outcome.stderr).not.toContain('left out: grouping');
    const stored = JSON.parse(await readFile(join(run, 'signal/labels/annotation/frame-0000.json'), 'utf8'));
    expect(stored).toEqual({
      0: { name: 'other', type: 'other' },
      1: { name: 'sky', category: 'sky', type: 'stuff' },
      2: { name: 'car 1', category: 'car', type: 'thing' },
      3: { name: 'car 2', category: 'car', type: 'thing' },
    });
    const objects = JSON.parse(await readFile(join(run, 'analysis/objects/result.json'), 'utf8'));
    expect(objects.values.objects).toEqual({ 'frame-0000': ['other', 'sky', 'car 1', 'car 2'] });
    expect(objects.findings.join()).toContain('gives to things ');
    const html = await readFile(join(run, 'report.html'), 'utf8');
    for (const text of ['car 1', 'sky', 'labels: lost in resizing to 9×13: car 3']) expect(html).toContain(text);

    const grouped = await xinc(['analyze', run, 'grouping-variance', '--groupings', 'categories']);
    expect(grouped.status, grouped.stderr).toBe(0);
    expect(grouped.stderr).toContain('Groupings: categories');
    const categoriesArray = await readFile(join(run, 'analysis/grouping-variance/frame-0000/layer1/categories.npy'));
    expect(decodeNpy(categoriesArray, 'categories').shape).toEqual([20]);
  });

  test('a VIPSeg folder follows objects over the frames of a video', async () => {
    const frames = ['00000166', '00000171', '00000176'];
    await mkdir(work.file('vip/images/12_park'), { recursive: true });
    await mkdir(work.file('vip/panomasksRGB/12_park'), { recursive: true });
    for (const [i, name] of frames.entries()) {
      const rgb = new Float32Array(3 * HEIGHT * WIDTH).fill(0.2 + 0.3 * i);
      await writeFile(
        work.file(`vip/images/12_park/${name}.png`),
        await encodePng({ height: HEIGHT, width: WIDTH, rgb }),
      );
      await panopticPng(work.file(`vip/panomasksRGB/12_park/${name}.png`), (y, x) => (y < 9 ? 100 : x > 8 * i ? 7 : 8));
    }
    const annotations = frames.map((name) => ({
      image_id: name,
      file_name: `${name}.png`,
      segments_info: [
        { id: 100, category_id: 1 },
        { id: 7, category_id: 2 },
        { id: 8, category_id: 2 },
      ],
    }));
    await writeFile(
      work.file('vip/panoptic_gt_VIPSeg_val.json'),
      JSON.stringify({
        videos: [
          {
            video_id: '12_park',
            images: frames.map((name) => ({ id: name, file_name: `${name}.png`, height: HEIGHT, width: WIDTH })),
          },
        ],
        annotations: [{ video_id: '12_park', annotations }],
        categories,
      }),
    );
    const run = work.file('clip');
    const outcome = await xinc([
      ...['train', work.file('vip/images/12_park'), '--labels', work.file('vip'), '--size', '16x24', '--out', run],
      ...['--model', 'nerv', '--set', 'strides=2,2', '--set', 'parameters=4000', '--steps', '6'],
    ]);
    expect(outcome.status, outcome.stderr).toBe(0);
    expect((await xinc(['analyze', run, 'objects', '--groupings', 'instances'])).status).toBe(0);
    expect(outcome.stderr).toContain('Labels: vip, VIPSeg, 2 things and 1 stuff region');
    const groups = await Promise.all(
      [0, 1, 2].map((i) => readFile(join(run, `signal/labels/annotation/frame-000${i}.json`), 'utf8')),
    );
    expect(new Set(groups).size).toBe(1);
    const objects = JSON.parse(await readFile(join(run, 'analysis/objects/result.json'), 'utf8'));
    for (const names of Object.values(objects.values.objects)) expect(names).toEqual(['sky', 'car 1', 'car 2']);
  });
});

test('a mistake in an annotation gets one clear line, exit status 1 and no run', async () => {
  await writeFile(work.file('instances.json'), '{"images":[],"annotations":[{"segmentation":[]}],"categories":[]}');
  const run = work.file('none');
  const outcome = await xinc(['train', work.picture, '--labels', work.file('instances.json'), '--out', run]);
  expect(outcome.status).toBe(1);
  expect(outcome.stderr).toContain(
    'instances.json: holds polygons or run lengths (COCO instances), which are not read. Give the panoptic annotation, or a label map as PNG.',
  );
  expect(outcome.stderr).not.toMatch(/\n\s+at /);
  expect(await readdir(work.path)).not.toContain('none');
});
