import { readFile } from 'node:fs/promises';
import { decodeNpy } from '@xinc/core/formats';
import { PAGE_FOLDER } from '@xinc/viewer-page';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChromium } from '../../report/test/browser.js';
import { accessibilityFaults, overflow } from '../../viewer/test/browser/faults.js';
import { expectPainted, expectRanking, mapCanvas, neuronList, rowsOf } from '../../viewer/test/browser/on-screen.js';
import { openViewer } from '../../viewer/test/browser/open-viewer.js';
import { ADDRESS, begin } from './begin.js';
import { workFolder, xinc } from './xinc.js';

/* The page of `xinc view` in a real browser, on runs that `xinc` makes, against the numbers that `xinc` writes. */

const work = workFolder();
const [HEIGHT, WIDTH] = [18, 26];
let browser: Awaited<ReturnType<typeof startChromium>>;
beforeAll(async () => {
  browser = await startChromium();
  const args = ['--steps', '60', '--set', 'width=24', '--set', 'fourierFeatures=16', '--groupings', 'grid:2x2,rgb'];
  const made = await xinc(['explain', work.picture, '--out', work.file('explained'), ...args]);
  expect(made.status).toBe(0);
});
afterAll(() => browser?.close());

async function serve(...args: readonly string[]) {
  const shown = begin(['view', ...args]);
  return (await shown.said(ADDRESS, 'stdout'))[0];
}

test('rankings and maps on screen are what xinc trace writes', async () => {
  const run = work.file('explained');
  const address = await serve(run);
  for (const layer of ['layer1', 'layer2', 'layer3']) {
    const file = work.file(`${layer}.npy`);
    expect((await xinc(['trace', run, '--layer', layer, '--out', file])).status).toBe(0);
    const { shape, data } = decodeNpy(await readFile(file), file);
    const pixels = HEIGHT * WIDTH;
    expect(shape.slice(1)).toEqual([HEIGHT, WIDTH]);
    const [row, column, neuron] = [11, 7, 5];
    const { page, settled, close } = await openViewer(browser, address, {
      view: `layer=${layer}&pixel=${row},${column}&neuron=${neuron}`,
      colorScheme: 'light',
    });
    await settled();
    const values = Float32Array.from({ length: shape[0] }, (_, n) => Number(data[n * pixels + row * WIDTH + column]));
    expectRanking(await rowsOf(neuronList(page)), values);
    const map = Float32Array.from(data.subarray(neuron * pixels, (neuron + 1) * pixels) as Float32Array);
    const limit = Math.max(...map.map(Math.abs));
    await expectPainted(mapCanvas(page), map, { height: HEIGHT, width: WIDTH }, limit, layer !== 'layer3', 'light');
    await close();
  }
});

test.each(['light', 'dark'] as const)(
  'every panel, %s: fits, complains of nothing, and axe finds nothing wrong',
  async (colorScheme) => {
    const address = await serve(work.file('explained'));
    const { page, settled, screenshot, close } = await openViewer(browser, address, {
      view: 'layer=layer2&pixel=9,12&neurons=2,5&neuron=5&off=layer2:7',
      colorScheme,
    });
    await settled();
    const tabs = page.getByRole('tab');
    const titles = await tabs.allTextContents();
    expect(titles.length).toBeGreaterThan(3);
    const faults: Record<string, unknown> = {};
    for (const [i, title] of titles.entries()) {
      await tabs.nth(i).click();
      await settled();
      // What is imported when it is opened says so until it is there.
      await page.locator('.waiting').waitFor({ state: 'detached' });
      await settled();
      faults[title] = [...(await accessibilityFaults(page)), ...(await overflow(page))];
      await screenshot(`panel-${title.toLowerCase().replaceAll(/\W+/g, '-')}-${colorScheme}`);
    }
    expect(faults).toEqual(Object.fromEntries(titles.map((title) => [title, []])));
    await close();
  },
);

test('every analysis is shown, its charts drawn, and nothing of it complained of', async () => {
  const address = await serve(work.file('explained'));
  const { page, settled, view, screenshot, close } = await openViewer(browser, address, { view: 'panel=analyses' });
  await settled();
  const names = page.getByRole('navigation', { name: 'Analyses of the run' }).getByRole('button');
  expect(await names.count()).toBeGreaterThan(5);
  let charts = 0;
  for (const button of await names.all()) {
    await button.click();
    await settled();
    const article = page.getByRole('article');
    expect(await article.getByRole('alert').allTextContents()).toEqual([]);
    const title = await article.getByRole('heading', { level: 3 }).textContent();
    expect(await button.textContent()).toContain(title);
    for (const figure of await article.locator('figure').all()) {
      await figure.scrollIntoViewIfNeeded();
      const drawn = figure.locator('svg, canvas, img').first();
      await drawn.waitFor();
      await expect.poll(async () => (await drawn.boundingBox())!.height).toBeGreaterThan(20);
      charts++;
    }
    await screenshot(`analysis-${title!.toLowerCase().replaceAll(/\W+/g, '-')}`);
  }
  expect(charts).toBeGreaterThan(5);
  // The address holds the one that was chosen.
  const title = () => page.getByRole('article').getByRole('heading', { level: 3 }).textContent();
  const last = await title();
  await expect.poll(() => view().analysis).toBeTruthy();
  await page.reload();
  await settled();
  expect(await title()).toBe(last);
  await close();
});

test.each(['light', 'dark'] as const)(
  'neurons of a chart are reached and selected by keyboard, %s',
  async (colorScheme) => {
    const address = await serve(work.file('explained'));
    const { page, settled, view, screenshot, close } = await openViewer(browser, address, {
      view: 'panel=analyses&analysis=neuron-clusters&layer=layer2&split=20',
      colorScheme,
    });
    await settled();
    const chart = page.getByRole('application', { name: /^Chart: Layer 2/ });
    // The second status is that of the button that copies what embeds the figure.
    const said = page.locator('figure', { has: chart }).getByRole('status').first();
    await chart.locator('canvas').waitFor();
    await chart.focus();
    const reached = new Set<string>();
    for (const key of ['Home', 'ArrowRight', 'ArrowDown', 'ArrowDown', 'ArrowLeft', 'ArrowDown']) {
      await page.keyboard.press(key);
      reached.add((await said.textContent())!);
    }
    expect(reached.size).toBeGreaterThan(3);
    const swallowed = await chart.evaluate((node) =>
      ['altKey', 'ctrlKey', 'metaKey'].filter((modifier) => {
        const options = { key: 'ArrowLeft', [modifier]: true, bubbles: true, cancelable: true };
        return !node.dispatchEvent(new KeyboardEvent('keydown', options));
      }),
    );
    expect(swallowed).toEqual([]);
    await page.keyboard.press('Enter');
    const [, neuron] = /^Neuron (\d+), of cluster \d+, selected$/.exec((await said.textContent())!)!;
    await expect.poll(() => [view().layer, view().neurons, view().neuron]).toEqual(['layer2', neuron, neuron]);
    await page.keyboard.press('End');
    await page.keyboard.press('Shift+Enter');
    await expect.poll(() => (view().neurons ?? '').split(',').length).toBe(2);
    const [, last] = /^Neuron (\d+)/.exec((await said.textContent())!)!;
    await screenshot(`chart-by-keyboard-${colorScheme}`);
    await page.keyboard.press('Escape');
    await expect.poll(() => view().neurons).toBe(undefined);
    // The mark lies where the ring says.
    const { x, y, width, height } = (await chart.locator('.ring').boundingBox())!;
    await page.mouse.click(x + width / 2, y + height / 2);
    await expect.poll(() => view().neurons).toBe(last);
    await close();
  },
);

test('the training panel says what training.jsonl says', async () => {
  const run = work.file('explained');
  const { step, psnr } = JSON.parse((await readFile(`${run}/training.jsonl`, 'utf8')).trim().split('\n').at(-1)!);
  const address = await serve(run);
  const { page, settled, close } = await openViewer(browser, address, { view: 'panel=training' });
  await settled();
  const panel = page.getByRole('tabpanel');
  await panel.getByText(`${psnr.toFixed(2)} dB`, { exact: true }).waitFor();
  const facts = (await panel.locator('dd').allTextContents()).map((text) => text.replaceAll(/\s+/g, ' ').trim());
  expect(facts).toContain(`${step} of 60`);
  await close();
});

describe('live', () => {
  test('the page follows a network while it is trained', async () => {
    const train = begin([
      'train',
      work.picture,
      '--out',
      work.file('live'),
      '--size',
      '64x96',
      '--steps',
      '1200',
      '--view',
    ]);
    const [address] = await train.said(ADDRESS);
    const opened = await openViewer(browser, address, { view: 'layer=layer2&pixel=20,30&neuron=3' });
    const { page, settled, screenshot, close } = opened;
    await page.waitForFunction(() => document.title.startsWith('live'));
    const seen: string[] = [];
    const psnr = page.getByRole('banner').getByText(/^\d+\.\d\d\sdB$/);
    while (!train.stdout.includes('PSNR')) {
      const text = (await psnr.allTextContents())[0];
      if (text && text !== seen.at(-1)) seen.push(text);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await screenshot('live');
    expect(seen.length).toBeGreaterThan(1);
    expect(Number.parseFloat(seen.at(-1)!)).toBeGreaterThan(Number.parseFloat(seen[0]));
    const [, final] = /PSNR\D*([\d.]+) dB/.exec(train.stdout)!;
    await expect
      .poll(async () => (await psnr.allTextContents())[0], { timeout: 20_000 })
      .toBe(`${Number(final).toFixed(2)}\u00a0dB`);
    await settled();
    expect(await page.getByRole('alert').count()).toBe(0);
    await close();
    train.interrupt();
    expect(await train.ended).toBe(0);
  }, 240_000);
});

test('the built page is the one that the command serves', async () => {
  const address = await serve(work.file('explained'));
  expect(await (await fetch(address)).text()).toBe(await readFile(`${PAGE_FOLDER}/index.html`, 'utf8'));
});
