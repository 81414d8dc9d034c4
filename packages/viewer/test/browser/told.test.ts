import { encodeNpy } from '@xinc/core/formats';
import type { StoredAnalysis } from '@xinc/viewer-page';
import { beforeAll, expect, test } from 'vitest';
import { type MadeRun, writeFaithfulness } from '../server/made-runs.js';
import { browserBench } from './browser-bench.js';
import { writeClusters } from './made-clusters.js';

/* What the page says of what it shows, and that its marks are neurons. */

const bench = browserBench();
const HALVES = [0, 1, 0, 1, 1, 0, 1, 0, 0, 1];

/** A chart of what neurons give to objects, and a mosaic of two maps, as the analyses draw them. */
async function writeObjects({ run }: MadeRun): Promise<void> {
  const rows = [3, 8].flatMap((n) =>
    ['sea', 'boat'].map((object) => ({ neuron: `neuron ${n}`, object, share: object === 'sea' ? 30 + n : 70 - n })),
  );
  const share = { field: 'share', type: 'quantitative', stack: 'zero' };
  const y = { field: 'neuron', type: 'nominal', title: null };
  const chart = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    data: { values: rows },
    width: 200,
    mark: { type: 'bar', tooltip: true },
    encoding: { x: share, y, color: { field: 'object', type: 'nominal' } },
  };
  const picture = (x: number, n: number) =>
    `<text x="${x}" y="10" font-size="11">neuron ${n}</text><image x="${x}" y="20" width="100" height="50" href="data:image/png;base64,AA"/>`;
  const mosaic = `<svg xmlns="http://www.w3.org/2000/svg" width="220" height="80" viewBox="0 0 220 80">${picture(0, 5)}${picture(120, 2)}</svg>`;
  await run.write('analysis/objects/figures/neurons-layer3.vl.json', JSON.stringify(chart));
  await run.write('analysis/objects/figures/maps-layer3.svg', mosaic);
  await run.write('analysis/objects/frame-0000/x.npy', encodeNpy({ shape: [1], data: Float32Array.of(0) }));
  const told = { title: 'Objects', caption: '' };
  const result: Partial<StoredAnalysis> = {
    figures: [
      { kind: 'chart', name: 'neurons-layer3', ...told, file: 'analysis/objects/figures/neurons-layer3.vl.json' },
      { kind: 'raster', name: 'maps-layer3', ...told, file: 'analysis/objects/figures/maps-layer3.svg' },
    ],
  };
  await run.write('analysis/objects/result.json', JSON.stringify(result));
}

beforeAll(async () => {
  await writeClusters(bench.image, { layer2: HALVES, layer3: HALVES });
  await writeObjects(bench.image);
});

test('the page opens on the layer whose contributions say what its neurons do, and how far they do', async () => {
  await writeFaithfulness(bench.image.run, { layer1: 0.17, layer2: 0.93, layer3: 0.5 });
  const { page, settled, view, close } = await bench.open('run=image');
  await settled();
  const layer = page.getByRole('combobox', { name: 'Layer' });
  const said = page.getByRole('banner').getByText(/^Faithfulness ρ/);
  expect(await layer.inputValue()).toBe('layer2');
  expect(await said.textContent()).toBe('Faithfulness ρ 0.93: closely');
  expect(view().layer).toBe(undefined);
  await layer.selectOption('layer1');
  await expect.poll(() => said.textContent()).toBe('Faithfulness ρ 0.17: hardly');
  // What was chosen is not changed by what is found later.
  await writeFaithfulness(bench.image.run, { layer1: 0.1, layer3: 0.99 });
  await expect.poll(() => said.textContent()).toBe('Faithfulness ρ 0.10: hardly');
  expect(await layer.inputValue()).toBe('layer1');
  await bench.image.run.remove('analysis/faithfulness');
  await expect.poll(() => said.count()).toBe(0);
  await close();
});

test('an analysis under way is told of while it lasts', async () => {
  const { page, settled, close } = await bench.open('run=video&panel=analyses');
  await settled();
  const underWay = page.getByText('Another process is working on this run');
  await page.getByText('This run has not been analysed').waitFor();
  await bench.video.run.exclusively(async () => {
    await underWay.waitFor();
    expect(await page.getByText('This run has not been analysed').count()).toBe(0);
    await page.getByRole('banner').getByText('another process works on this run').waitFor();
  });
  await expect.poll(() => underWay.count()).toBe(0);
  await close();
});

test('maps of all layers are said to be separate', async () => {
  const { page, settled, close } = await bench.open('run=image&layer=layer2&panel=embedding&embedding=layers');
  await settled();
  const said = page.getByText('Each layer has a map of its own, side by side');
  await said.waitFor();
  await page.getByRole('application', { name: 'each layer has a map of its own' }).waitFor();
  await page.getByRole('combobox', { name: 'Neurons' }).selectOption('This layer');
  await expect.poll(() => said.count()).toBe(0);
  await close();
});

test('frames are counted from 0, and their last is said', async () => {
  const { page, settled, close } = await bench.open('run=video&frame=1&panel=time');
  await settled();
  const frames = page.locator('output').filter({ hasText: ' of ' });
  expect(await frames.allTextContents()).toEqual(['1 of 0–1', '1 of 0–1']);
  await close();
});

test('bars of objects and maps of mosaics select their neurons, by pointer and by keys', async () => {
  const { page, settled, view, screenshot, close } = await bench.open(
    'run=image&layer=layer2&panel=analyses&analysis=objects',
    {
      colorScheme: 'light',
    },
  );
  await settled();
  const chart = page.getByRole('application', { name: /^Chart: Objects/ });
  await chart.locator('canvas').waitFor();
  await chart.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect.poll(view).toMatchObject({ layer: 'layer3', neuron: '3', neurons: '3' });
  await page.getByText(/^Neuron 3, share \d+, object (sea|boat), selected$/).waitFor({ state: 'attached' });
  await page.keyboard.press('Escape');
  await expect.poll(() => view().neurons).toBe(undefined);
  const { x, y, width } = (await chart.locator('canvas').boundingBox())!;
  await page.mouse.click(x + width / 2, y + 15);
  await expect.poll(() => view().neurons).toBe('3');
  const maps = page.getByRole('group', { name: /^Neurons of Objects/ });
  await maps.getByRole('button', { name: 'Neuron 2' }).click();
  await expect.poll(view).toMatchObject({ layer: 'layer3', neuron: '2', neurons: '2' });
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Shift+Enter');
  await expect.poll(() => view().neurons).toBe('2,5');
  expect(await maps.getByRole('button', { name: 'Neuron 5' }).getAttribute('aria-pressed')).toBe('true');
  await screenshot('marks');
  await close();
});
