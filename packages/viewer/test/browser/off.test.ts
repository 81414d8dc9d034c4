import { meanSquaredError, psnrOfError } from '@xinc/core';
import { clampFrame, switchOff } from '@xinc/core/trace';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { formatPsnr } from '../../../viewer-page/src/color/number-format.js';
import { browserBench } from './browser-bench.js';
import { pixelsOf } from './open-viewer.js';
import { reference } from './reference.js';

/* Neurons that are switched off in the page, against the network of the engine with their weights at zero. */

const bench = browserBench();
const expected = reference(bench);

/** The panel’s button that switches the selected neurons off. */
const switchSelected = (page: Page) => page.getByRole('button', { name: /^Selected (neurons|kernels)/ });
const effectOf = (page: Page) => page.getByRole('region', { name: 'Effect' });
const shownPicture = (page: Page) => pixelsOf(page.getByRole('application').locator('canvas').first());

/** The picture and its PSNR with neurons switched off in the engine. */
async function pictureWithout(name: 'image' | 'video', frame: number, layer: string, neurons: readonly number[]) {
  const network = await expected.network(bench[name]);
  const drawn = clampFrame(await network.reconstruct(frame, switchOff(network, layer, neurons)));
  return { rgb: drawn.rgb, psnr: formatPsnr(psnrOfError(meanSquaredError(drawn, bench[name].frame(frame)))) };
}

/** Two engines round differently: within a thousandth, and half a step of the screen's 255. */
function expectShown({ rgba }: { rgba: number[] }, rgb: Float32Array): void {
  const worst = Math.max(
    ...Array.from(rgb, (value, i) => Math.abs(255 * value - rgba[4 * Math.floor(i / 3) + (i % 3)])),
  );
  expect(worst).toBeLessThan(0.5 + 0.255);
}

test.each([
  ['image', 0, 'layer1', [2, 5, 6]],
  ['image', 0, 'layer2', [0, 3]],
  ['image', 0, 'layer3', [1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ['video', 1, 'block2', [0, 7, 40, 41, 42, 100]],
  ['video', 0, 'head', [0, 1, 2, 3, 4, 5, 6, 7, 8, 11]],
] as const)('%s, frame %i: the picture and its PSNR without neurons of %s', async (name, frame, layer, neurons) => {
  const { page, settled, view, screenshot, close } = await bench.open(
    `run=${name}&frame=${frame}&layer=${layer}&neurons=${neurons.join()}&panel=off`,
  );
  await settled();
  const before = await shownPicture(page);
  const whole = await expected.psnr(bench[name], frame);
  await switchSelected(page).click();
  const without = await pictureWithout(name, frame, layer, neurons);
  await effectOf(page).locator('.before', { hasText: whole }).waitFor();
  await effectOf(page).locator('strong', { hasText: without.psnr }).waitFor();
  await settled();
  const after = await shownPicture(page);
  expect(after.rgba).not.toEqual(before.rgba);
  expectShown(after, without.rgb);
  expect(view().off).toMatch(new RegExp(`^${layer}:`));
  await screenshot(`off-${name}-${layer}`);

  // The address brings it back, with the same picture.
  await page.reload();
  await effectOf(page).locator('strong', { hasText: without.psnr }).waitFor();
  await settled();
  expect((await shownPicture(page)).rgba).toEqual(after.rgba);
  await close();
});

test('only what the neurons reach is run again, in a graph that the server cut; where it cuts none, the whole', async () => {
  const halves: string[] = [];
  const { page, settled, close } = await bench.open('layer=layer2&panel=off&neurons=1,4');
  page.context().on('response', async (response) => {
    const { searchParams } = new URL(response.url());
    const half = searchParams.get('half');
    if (half && (await response.body()).length > 0) halves.push(`${half} ${searchParams.getAll('changing')}`);
  });
  await settled();
  await switchSelected(page).click();
  const without = await pictureWithout('image', 0, 'layer2', [1, 4]);
  await effectOf(page).locator('strong', { hasText: without.psnr }).waitFor();
  await expect.poll(() => halves.sort()).toEqual(['after layer2.weight', 'before layer2.weight']);
  await page.context().route(/half=/, (route) => route.fulfill({ status: 200, body: '' }));
  await page.reload();
  await effectOf(page).locator('strong', { hasText: without.psnr }).waitFor();
  await settled();
  expectShown(await shownPicture(page), without.rgb);
  await close();
});

test('what is switched off adds up, is taken back, done again, and switched on', async () => {
  const { page, settled, view, close } = await bench.open('layer=layer2&panel=off&neurons=1,4');
  await settled();
  const whole = await shownPicture(page);
  await switchSelected(page).click();
  await expect.poll(() => view().off).toBe('layer2:1,4');
  await page.getByRole('combobox', { name: 'Layer' }).selectOption('layer1');
  await page.getByRole('tab', { name: 'Neuron wall' }).click();
  await page.locator('[data-neuron="3"]').click();
  await page.getByRole('tabpanel').getByRole('button', { name: 'Switch off' }).click();
  await page.getByRole('tab', { name: 'Switch neurons off' }).click();
  await expect
    .poll(() => Object.fromEntries((view().off ?? '').split(';').map((part) => part.split(':'))))
    .toEqual({
      layer1: '3',
      layer2: '1,4',
    });
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => view().off).toBe('layer2:1,4');
  await settled();
  expectShown(await shownPicture(page), (await pictureWithout('image', 0, 'layer2', [1, 4])).rgb);
  await page.getByRole('button', { name: 'Redo' }).click();
  await expect.poll(() => view().off).toContain('layer1:3');
  await page.getByRole('button', { name: /^Switch Neuron 3 of .* on$/ }).click();
  await expect.poll(() => view().off).toBe('layer2:1,4');
  await page.getByRole('button', { name: /^Switch all on in/ }).click();
  await expect.poll(() => view().off).toBe(undefined);
  await settled();
  expect((await shownPicture(page)).rgba).toEqual(whole.rgba);
  await close();
});

test('a selection is switched off from the canvas, no pixel pointed at, where the layer allows it', async () => {
  const { page, settled, view, screenshot, close } = await bench.open('layer=layer2&neurons=1,4');
  await settled();
  const button = page.locator('#canvas').getByRole('button', { name: /^Switch off/ });
  await screenshot('off-from-canvas');
  await button.click();
  await expect.poll(() => view().off).toBe('layer2:1,4');
  await page.getByRole('combobox', { name: 'Run' }).selectOption('custom');
  await page.waitForFunction(() => document.title.startsWith('custom'));
  await page.locator('[data-neuron="1"]').click();
  await expect.poll(() => view().neurons).toBe('1');
  expect(
    await page
      .getByRole('button', { name: /^Switch off/ })
      .evaluateAll((all) => all.map((one) => (one as HTMLButtonElement).disabled)),
  ).toEqual([true, true]);
  await close();
});

test('what is off is kept under a name of its own, and no other is lost', async () => {
  const { page, settled, view, screenshot, close } = await bench.open('layer=layer2&panel=off&off=layer2:1,4', {
    colorScheme: 'dark',
  });
  await settled();
  const kept = page.getByRole('region', { name: 'Kept' });
  const keep = async (name: string) => {
    await kept.getByRole('textbox').fill(name);
    await kept.getByRole('button', { name: 'Keep', exact: true }).click();
  };
  const names = () => kept.getByRole('rowheader').allTextContents();
  await keep('mine');
  await keep('mine');
  await kept.getByRole('status').getByText('‘mine’ was kept already, and is measured anew.').waitFor();
  await page.getByRole('button', { name: /^Switch Neuron 4 of .* on$/ }).click();
  await settled();
  await keep('mine');
  await kept.getByRole('status').getByText('There is another ‘mine’: this one is kept as ‘mine (2)’.').waitFor();
  await screenshot('off-kept');
  await page.reload();
  await settled();
  expect((await names()).map((name) => name.trim())).toEqual(['mine (2)', 'mine']);
  await kept.getByRole('button', { name: 'mine', exact: true }).click();
  await expect.poll(() => view().off).toBe('layer2:1,4');
  await close();
});

test('what is off stays off on another frame of the video', async () => {
  const { page, settled, close } = await bench.open('run=video&layer=block2&panel=off&off=block2:0-20');
  await settled();
  for (const frame of [0, 1]) {
    await page.getByRole('slider', { name: 'Frame', exact: true }).fill(String(frame));
    const { rgb, psnr } = await pictureWithout(
      'video',
      frame,
      'block2',
      Array.from({ length: 21 }, (_, i) => i),
    );
    await effectOf(page).locator('strong', { hasText: psnr }).waitFor();
    await settled();
    expectShown(await shownPicture(page), rgb);
  }
  await close();
});

test('a network that could not be opened is opened by trying again', async () => {
  const { page, settled, close } = await bench.open('layer=layer2&panel=off&neurons=1,4', {
    expected: /net::ERR_FAILED|[Ww]asm|ArrayBuffer instantiation/,
  });
  await settled();
  let reachable = false;
  await page.context().route(/ort-wasm[^/]*\.wasm$/, (route) => (reachable ? route.continue() : route.abort()));
  const panel = page.getByRole('tabpanel');
  await switchSelected(page).click();
  await panel.getByRole('alert').getByText('The network could not be opened: ').waitFor();
  reachable = true;
  await panel.getByRole('button', { name: 'Try again' }).click();
  const { rgb, psnr } = await pictureWithout('image', 0, 'layer2', [1, 4]);
  await effectOf(page).locator('strong', { hasText: psnr }).waitFor();
  await settled();
  expectShown(await shownPicture(page), rgb);
  await close();
});
