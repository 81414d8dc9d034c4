import { join } from 'node:path';
import ffn from '@xinc/model-ffn';
import { renderFigure } from '@xinc/report';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { type MadeRun, makeRun } from '../server/made-runs.js';
import { browserBench } from './browser-bench.js';
import { writeClusters } from './made-clusters.js';
import { openViewer } from './open-viewer.js';

/* Letters that can be read, cues where there is more, and frames that are there when they are played. */

const bench = browserBench();
let second: MadeRun;
let address: string;
/** The width and the letters of the picture of maps, as it is drawn. */
let mapsDrawing: { width: number; sizes: number[] };
beforeAll(async () => {
  await writeClusters(bench.video, { block2: Array.from({ length: 6 * 24 }, (_, n) => n % 2) });
  const { run } = bench.video;
  const row = (n: number) => Array.from({ length: 14 }, (_, i) => `${n}.${i}00001`).join(',');
  await run.write(
    'analysis/wide/wide.csv',
    [Array.from({ length: 14 }, (_, i) => `column_${i}`).join(','), row(1), row(2)].join('\n'),
  );
  const chart = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    data: { values: [{ x: 1, y: 2, of: 'a' }] },
    width: 600,
    mark: 'point',
    encoding: { x: { field: 'x', type: 'quantitative' }, facet: { field: 'of', type: 'nominal' } },
  };
  await run.write('analysis/wide/figures/wide.vl.json', JSON.stringify(chart));
  const figure = {
    kind: 'chart',
    name: 'wide',
    title: 'Wide',
    caption: 'A chart.',
    file: 'analysis/wide/figures/wide.vl.json',
  };
  const pixels = { kind: 'values' as const, values: Float32Array.from({ length: 16 }, (_, p) => p) };
  const panels = Array.from({ length: 12 }, (_, i) => ({ title: `neuron ${i}`, height: 4, width: 4, pixels }));
  const scale = { map: 'sequential' as const, domain: [0, 15] as const, label: '|c|, contribution' };
  const raster = { kind: 'raster' as const, name: 'maps', title: 'Maps', caption: 'Maps of neurons.', panels, scale };
  const svg = await renderFigure(raster, { theme: 'light', format: 'svg' });
  await run.write('analysis/wide/figures/maps.svg', svg);
  const text = String(svg);
  mapsDrawing = {
    width: Number(/viewBox="0 0 ([\d.]+)/.exec(text)![1]),
    sizes: [...text.matchAll(/font-size="([\d.]+)"/g)].map(([, size]) => Number(size)),
  };
  expect(mapsDrawing.sizes.length).toBeGreaterThan(12);
  const maps = {
    kind: 'raster',
    name: 'maps',
    title: 'Maps',
    caption: 'Maps of neurons.',
    file: 'analysis/wide/figures/maps.svg',
  };
  const tables = [{ name: 'wide', title: 'A table', file: 'analysis/wide/wide.csv' }];
  await run.write('analysis/wide/result.json', JSON.stringify({ title: 'Wide', figures: [figure, maps], tables }));
  second = await makeRun(join(bench.folder, 'second'), ffn, { width: 10, fourierFeatures: 6 }, bench.engine);
  address = (await bench.serve({ runs: [bench.video.source, second.source] })).address;
});

/** Texts smaller than 11 px on screen, those of drawings and of pictures of maps too, which may be scaled; with their sizes. */
const smallTexts = (page: Page) =>
  page.evaluate((drawing) => {
    const small: string[] = [];
    const say = (size: number, text: string) => {
      if (size < 10.99) small.push(`${size} px: ${text.trim().slice(0, 40)}`);
    };
    for (const element of document.querySelectorAll<HTMLElement>('body *')) {
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.nodeValue!.trim());
      if (!own) continue;
      const svg = element.closest('svg');
      const drawn = svg?.viewBox.baseVal?.width ?? 0;
      const scale = svg && drawn > 0 ? svg.getBoundingClientRect().width / drawn : 1;
      say(scale * Number.parseFloat(getComputedStyle(element).fontSize), element.textContent!);
    }
    for (const picture of document.querySelectorAll<HTMLImageElement>('figure img')) {
      const scale = picture.getBoundingClientRect().width / drawing.width;
      for (const size of drawing.sizes) say(scale * size, picture.alt);
    }
    return small;
  }, mapsDrawing);

test.each([
  [390, 844, 13],
  [1400, 900, 13],
  [2560, 1300, 16],
])('%i pixels wide: no text is under 11 px in any panel', async (width, height, letters) => {
  const { page, settled, screenshot, close } = await openViewer(bench.browser, address, {
    view: 'run=video&frame=1&layer=block2&pixel=7,3&neuron=2&neurons=2,3&other=second&region=rectangle:2,3,8,13&analysis=wide',
    viewport: { width, height },
    colorScheme: width === 1400 ? 'light' : 'dark',
  });
  await settled();
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe(`${letters}px`);
  for (const name of await page.getByRole('tab').allTextContents()) {
    await page.getByRole('tab', { name }).click();
    await settled();
    // Pictures are read when they are seen.
    if (name === 'Analyses') await page.getByRole('img', { name: /^Maps/ }).scrollIntoViewIfNeeded();
    if (name === 'One neuron') {
      const map = await page
        .getByRole('tabpanel')
        .getByRole('img', { name: /^Map of/ })
        .boundingBox();
      expect(map!.height).toBeGreaterThan(60);
    }
    expect([name, await smallTexts(page)]).toEqual([name, []]);
  }
  await screenshot(`legible-${width}`);
  await close();
});

test('390 pixels wide: tabs, charts and tables scroll sideways, and say so', async () => {
  const { page, settled, screenshot, close } = await openViewer(bench.browser, address, {
    view: 'run=video&layer=block2&panel=analyses&analysis=wide',
    viewport: { width: 390, height: 844 },
    colorScheme: 'light',
  });
  await settled();
  await page.getByText('A table').click();
  await page.getByRole('columnheader', { name: 'column_13' }).waitFor();
  const chart = page.getByRole('region', { name: 'Chart: Wide' });
  const table = page.getByRole('region', { name: 'A table' });
  const cueOf = (room: typeof chart) => room.locator('xpath=..').getByText('more →');
  await chart.locator('canvas').waitFor();
  for (const room of [chart, table]) {
    await cueOf(room).waitFor();
    await room.focus();
    await room.evaluate((element) => element.scrollTo({ left: element.scrollWidth }));
    await expect.poll(() => cueOf(room).count()).toBe(0);
  }
  await screenshot('scroll-cues');
  expect(await page.locator('.dock > .bar').getByText('more →').count()).toBe(1);
  await close();
});

test('the next frame is asked for before it is shown', async () => {
  const { page, settled, requests, close } = await openViewer(bench.browser, address, {
    view: 'run=video&layer=block2&panel=time',
  });
  await settled();
  const slider = page.getByRole('tabpanel').getByRole('slider', { name: 'Frame' });
  // The clock stands still: the next frame cannot come.
  await page.evaluate(() => {
    window.setTimeout = (() => 0) as unknown as typeof window.setTimeout;
  });
  const of = (path: string) => requests.filter((one) => one.endsWith(`/frames/1/${path}`)).length;
  const before = of('signal.npy');
  await page.getByRole('button', { name: 'Play' }).click();
  await expect.poll(() => [of('signal.npy'), of('reconstruction.npy')]).toEqual([before + 1, 1]);
  await expect.poll(() => of('layers/block2/source')).toBe(1);
  expect(await slider.inputValue()).toBe('0');
  await close();
});
