import { join } from 'node:path';
import { type Arrays, ndarray } from '@xinc/core';
import ffn from '@xinc/model-ffn';
import { beforeAll, expect, test } from 'vitest';
import { type MadeRun, makeRun } from '../server/made-runs.js';
import { browserBench } from './browser-bench.js';
import { HEIGHT, WIDTH } from './on-screen.js';
import { openViewer } from './open-viewer.js';
import { reference } from './reference.js';

/* What stands beside a neuron in another run, and what is not subtracted. */

const bench = browserBench();
const expected = reference(bench);
const ORDER = [3, 7, 0, 9, 1, 8, 5, 2, 6, 4];
let shuffled: MadeRun;
let other: MadeRun;
let address: string;

/** A run that computes the same with the neurons of its second layer in another order: its neuron i is `ORDER[i]` of the first. */
async function shuffle(made: MadeRun, of: MadeRun): Promise<void> {
  const weights = await of.run.weights(of.inr.parameters);
  const rows = (name: string, width: number) => {
    const { shape, data } = weights[name];
    return ndarray(
      shape,
      Float32Array.from(data, (_, i) => data[ORDER[Math.floor(i / width)] * width + (i % width)]),
    );
  };
  const { shape, data } = weights['layer2.weight'];
  const columns = Float32Array.from(data, (_, i) => data[10 * Math.floor(i / 10) + ORDER[i % 10]]);
  await made.run.writeWeights({
    ...weights,
    'layer1.weight': rows('layer1.weight', 12),
    'layer1.bias': rows('layer1.bias', 1),
    'layer2.weight': ndarray(shape, columns),
  } as Arrays);
}

beforeAll(async () => {
  const make = (name: string, steps: number) =>
    makeRun(join(bench.folder, name), ffn, { width: 10, fourierFeatures: 6 }, bench.engine, { steps });
  shuffled = await make('shuffled', 3);
  await shuffle(shuffled, bench.image);
  await shuffled.run.update({ seed: shuffled.run.manifest.seed + 1 });
  other = await make('longer', 30);
  address = (await bench.serve({ runs: [bench.image, shuffled, other, bench.video].map(({ source }) => source) }))
    .address;
});

test('beside a neuron stands the one whose map is most like it; the one of its number where that is asked for', async () => {
  const traced = await expected.layer(bench.image, 'layer2');
  const alive = (neuron: number) => new Set(traced.map(neuron)).size > 1;
  const place = ORDER.findIndex((neuron, i) => neuron !== i && alive(neuron));
  const neuron = ORDER[place];
  const { page, settled, view, screenshot, close } = await openViewer(bench.browser, address, {
    view: `run=image&layer=layer2&panel=compare&other=shuffled&neuron=${neuron}`,
    colorScheme: 'light',
  });
  await settled();
  const side = page.getByRole('region', { name: 'shuffled', exact: true });
  await side.getByText(`Neuron ${place}: best match of neuron ${neuron}, r 1.00 between the maps`).waitFor();
  await side.getByRole('img', { name: `Map of Neuron ${place}` }).waitFor();
  await screenshot('compare-match');
  await page.getByRole('radio', { name: 'same number' }).check({ force: true });
  await side.getByText(`Neuron ${neuron}: the one of the same number`).waitFor();
  await expect.poll(() => view().beside).toBe('number');
  await close();
});

test.each([390, 1400, 2560])(
  '%i pixels wide: pictures keep their proportions however high the panel is, and rankings their columns',
  async (width) => {
    const { page, settled, close } = await openViewer(bench.browser, address, {
      view: 'run=image&layer=layer2&panel=compare&other=shuffled&neuron=3&pixel=7,3&split=20',
      viewport: { width, height: 1200 },
    });
    await settled();
    const panel = page.getByRole('tabpanel');
    await panel.getByText(/best match of neuron 3, r 1.00/).waitFor();
    const proportions = await panel.locator('figure .framed').evaluateAll((frames) =>
      frames.map((frame) => {
        const { width, height } = frame.getBoundingClientRect();
        return width / height;
      }),
    );
    expect(proportions).toHaveLength(6);
    for (const one of proportions) expect(one).toBeCloseTo(WIDTH / HEIGHT, 1);
    const cut = await panel
      .getByRole('listbox')
      .evaluateAll((lists) => lists.map((list) => list.scrollWidth - list.clientWidth));
    expect(cut).toEqual([0, 0]);
    await close();
  },
);

test('PSNRs and errors of different signals are not subtracted', async () => {
  const { page, settled, close } = await openViewer(bench.browser, address, {
    view: 'run=image&panel=compare&other=shuffled',
  });
  await settled();
  const between = page.getByRole('region', { name: 'Difference' });
  await between.getByText('±0 dB').or(between.getByText('±0.00 dB')).waitFor();
  // The second frame of the video is another picture; its first is that of the image.
  await page.getByRole('combobox', { name: 'Compare with' }).selectOption('video');
  await between.getByText(/\d\sdB/).waitFor();
  await page.getByRole('combobox', { name: 'Run', exact: true }).selectOption('video');
  await page.getByRole('banner').getByRole('slider', { name: 'Frame' }).fill('1');
  await page.getByRole('combobox', { name: 'Compare with' }).selectOption('image');
  await between.getByText('These are different signals').waitFor();
  expect(await between.getByText(/dB/).count()).toBe(0);
  await close();
});

test('all runs of a signal stand beside each other with their spread, and others are told', async () => {
  const { page, settled, view, screenshot, close } = await openViewer(bench.browser, address, {
    view: 'run=image&layer=layer2&panel=compare&neuron=3',
  });
  await settled();
  await page.getByRole('combobox', { name: 'Compare with' }).selectOption('All runs of this signal');
  await settled();
  const panel = page.getByRole('tabpanel');
  await panel.getByText('PSNR 19.50 ± 0.00 dB: mean and standard deviation of 2 runs.').waitFor();
  await panel
    .getByText('Not counted: longer (trained for another number of steps), video (another network).')
    .waitFor();
  const row = panel.getByRole('row', { name: /^Count shuffled/ });
  await expect.poll(() => row.textContent()).toContain(`${ORDER.indexOf(3)}, r 1.00`);
  // The same neurons in another order: each layer is alike, and every neuron has its match.
  const layers = panel.getByRole('region', { name: 'Layers over runs' });
  const traced = await expected.layer(bench.image, 'layer2');
  const alive = traced.sums(Array(HEIGHT * WIDTH).keys()).filter((sum) => sum > 0).length;
  await layers.getByRole('row', { name: new RegExp(`^layer2 ${alive}.0 ± 0.0 `) }).waitFor();
  const matched = panel.getByRole('region', { name: 'Matched neurons' });
  await matched.getByRole('row', { name: new RegExp(`^shuffled 100.0 % of ${alive} `) }).waitFor();
  await screenshot('compare-seeds');
  await row.getByRole('checkbox').uncheck();
  await expect.poll(() => view()['without-runs']).toBe('shuffled');
  expect(await layers.count()).toBe(0);
  await row.getByRole('button', { name: 'shuffled' }).click();
  await expect.poll(view).toMatchObject({ other: 'shuffled' });
  expect(view()['all-runs']).toBe(undefined);
  await close();
});
