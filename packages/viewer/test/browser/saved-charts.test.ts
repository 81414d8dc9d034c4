import { readFile } from 'node:fs/promises';
import { decodeSafetensors, encodeNpy } from '@xinc/core/formats';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { browserBench } from './browser-bench.js';
import { writeClusters } from './made-clusters.js';
import { writeFigures } from './made-figures.js';
import { reference } from './reference.js';

/* Every chart of the page is kept as a picture with its title and caption, and with its numbers. */

const bench = browserBench();
const expected = reference(bench);
beforeAll(async () => {
  await writeClusters(bench.video, { block2: Array.from({ length: 6 * 24 }, (_, n) => n % 2) });
  await writeFigures(bench.image);
});

/** Saves a chart in one of the kinds there are, and reads the file. */
async function saved(
  page: Page,
  chart: RegExp,
  kind: string,
): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const open = page.getByRole('button', { name: chart });
  if ((await open.getAttribute('aria-expanded')) === 'false') await open.click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('group', { name: chart }).getByRole('button', { name: kind, exact: true }).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}
const text = async (...args: Parameters<typeof saved>) => (await saved(...args)).bytes.toString();

test.each([
  [
    'training',
    'run=image&panel=training',
    /^Save the chart “image: PSNR over training steps/,
    'step,psnr [dB],time [s]\n',
  ],
  ['time', 'run=video&panel=time', /PSNR of each frame/, 'frame,psnr [dB]\n0,'],
  [
    'change',
    'run=video&layer=block2&panel=time&frame=1',
    /change of contributions from frame to frame/,
    'frame,change [|c|]\n0,\n1,',
  ],
  [
    'embedding',
    'run=video&layer=block2&panel=embedding',
    /kernels by how alike they paint/,
    'run,layer,neuron,cluster,x,y\nvideo,block2,0,1,',
  ],
  [
    'pixel',
    'run=image&panel=pixel&pixel=7,12',
    /who paints the pixel in row 7/,
    'layer,neuron,contribution [c],share [fraction],faithfulness [correlation]\nlayer1,',
  ],
  ['figure', 'run=image&panel=analyses&analysis=drawn', /The first figure/, 'x,y\n0,0\n1,0.841'],
])('%s', async (_, view, chart, csv) => {
  const { page, settled, close } = await bench.open(view);
  await settled();
  const svg = await text(page, chart, 'SVG');
  const title = /<title>([^<]*)</.exec(svg)![1];
  expect(title).toMatch(new RegExp(chart.source.replace('^Save the chart “', '')));
  expect(svg).not.toMatch(/var\(|<script|<foreignObject/);
  // It is a picture for any program: whole XML, which says what it shows.
  const problem = await page.evaluate(
    (text) => new DOMParser().parseFromString(text, 'image/svg+xml').querySelector('parsererror')?.textContent,
    svg,
  );
  expect(problem).toBe(undefined);
  expect(
    [...(await saved(page, chart, 'PNG')).bytes.subarray(1, 4)].map((byte) => String.fromCharCode(byte)).join(''),
  ).toBe('PNG');
  const rows = await text(page, chart, 'CSV');
  expect(rows.slice(0, csv.length)).toBe(csv);
  const json = JSON.parse(await text(page, chart, 'JSON'));
  expect(json.title).toBe(title);
  expect(json.caption.length).toBeGreaterThan(5);
  expect(json.rows).toHaveLength(rows.trim().split('\n').length - 1);
  await close();
});

test('the numbers of the training curve are those of the run', async () => {
  const { page, settled, close } = await bench.open('run=image&panel=training');
  await settled();
  const rows = (await text(page, /PSNR over training steps/, 'CSV')).trim().split('\n').slice(1);
  const stored = (await readFile(`${bench.image.run.path}/training.jsonl`, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows.map((row) => row.split(',').slice(0, 2).map(Number))).toEqual(
    stored.map(({ step, psnr }) => [step, psnr]),
  );
  await close();
});

test('a picture made of maps is kept as it is, and with the numbers of each of its maps', async () => {
  const map = (await expected.layer(bench.image, 'layer2')).map(3);
  const folder = 'analysis/made/figures';
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50" viewBox="0 0 100 50"><title>Maps</title></svg>';
  await bench.image.run.write(`${folder}/maps.svg`, svg);
  await bench.image.run.write(`${folder}/maps/00.npy`, encodeNpy({ shape: [16, 24], data: map }));
  const figure = {
    kind: 'raster',
    name: 'maps',
    title: 'Maps',
    caption: 'A map.',
    file: `${folder}/maps.svg`,
    panels: [{ title: 'neuron 3' }],
  };
  await bench.image.run.write(
    'analysis/made/result.json',
    JSON.stringify({ name: 'made', title: 'Made', figures: [figure] }),
  );
  const { page, settled, close } = await bench.open('run=image&panel=analyses&analysis=made', { expected: /404/ });
  await settled();
  const chart = /^Save the figure “Maps”/;
  expect(await text(page, chart, 'SVG')).toBe(svg);
  const { name, bytes } = await saved(page, chart, 'Data');
  expect(name).toBe('maps.safetensors');
  const { tensors, metadata } = decodeSafetensors(new Uint8Array(bytes), name);
  expect(metadata).toEqual({ title: 'Maps', caption: 'A map.', '00': 'neuron 3' });
  expect(tensors['00'].shape).toEqual([16, 24]);
  expect(tensors['00'].data).toEqual(map);
  await page.getByRole('group', { name: chart }).getByRole('button', { name: 'PNG' }).click();
  await page.getByText('No PNG could be made').waitFor();
  await close();
});
