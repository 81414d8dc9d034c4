import { join } from 'node:path';
import ffn from '@xinc/model-ffn';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { largestOf } from '../../../viewer-page/src/color/color-scale.js';
import { formatValue } from '../../../viewer-page/src/color/number-format.js';
import { type MadeRun, makeRun } from '../server/made-runs.js';
import { browserBench } from './browser-bench.js';
import { writeClusters } from './made-clusters.js';
import { expectPainted, expectRanking, HEIGHT, pointAt, rowsOf, WIDTH } from './on-screen.js';
import { openViewer } from './open-viewer.js';
import { changeBetween, reference } from './reference.js';

/* The panels below the canvas: embedding, time, compare. */

const bench = browserBench();
const expected = reference(bench);
const CLUSTERS = [0, 1, 0, 1, 1, 0, 1, -1, 0, 1];
const OF_LAYER_3 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
let second: MadeRun;
let address: string;
beforeAll(async () => {
  await writeClusters(bench.image, { layer2: CLUSTERS, layer3: OF_LAYER_3 });
  second = await makeRun(join(bench.folder, 'second'), ffn, { width: 10, fourierFeatures: 6 }, bench.engine, {
    steps: 30,
  });
  address = (await bench.serve({ runs: [bench.image.source, second.source, bench.video.source] })).address;
});

const membersOf = (cluster: number) => [...CLUSTERS.keys()].filter((neuron) => CLUSTERS[neuron] === cluster);
const list = (text: string | undefined) =>
  (text ?? '').split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });

describe('the embedding', () => {
  const open = (view: string) =>
    openViewer(bench.browser, address, { view: `run=image&layer=layer2&panel=embedding${view}` });
  const plot = (page: Page) => page.getByRole('application', { name: /by how alike they paint/ });

  test('a lasso around one half selects its neurons, there, on the wall and in the address', async () => {
    const { page, settled, view, screenshot, close } = await open('');
    await settled();
    await plot(page).waitFor();
    await page
      .getByRole('group', { name: 'What dragging does' })
      .getByRole('radio', { name: 'Lasso' })
      .check({ force: true });
    const { x, y, width, height } = (await plot(page).boundingBox())!;
    await page.mouse.move(x + 4, y + 4);
    await page.mouse.down();
    for (const [right, down] of [
      [0.49, 0.02],
      [0.49, 0.98],
      [0.02, 0.98],
      [0.01, 0.01],
    ])
      await page.mouse.move(x + right * width, y + down * height, { steps: 12 });
    await page.mouse.up();
    await expect.poll(() => list(view().neurons), { timeout: 10_000 }).toEqual(membersOf(0));
    await screenshot('embedding-lasso');
    await page.getByRole('tab', { name: 'Neuron wall' }).click();
    await page.getByRole('checkbox', { name: 'hide dead' }).uncheck();
    await expect
      .poll(() =>
        page
          .getByRole('listbox', { name: /^Neurons of/ })
          .getByRole('option', { selected: true })
          .count(),
      )
      .toBe(membersOf(0).length);
    await close();
  });

  /** The pixels of the page in a square around a point of the plot, as red, green and blue. */
  async function shades(page: Page, x: number, y: number, reach = 4): Promise<string[]> {
    const clip = { x: x - reach, y: y - reach, width: 2 * reach, height: 2 * reach };
    const picture = (await page.screenshot({ clip })).toString('base64');
    return page.evaluate(async (bytes) => {
      const image = new Image();
      // The page's policy allows pictures of its own, and blobs.
      image.src = URL.createObjectURL(new Blob([Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))]));
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
      canvas.drawImage(image, 0, 0);
      const { data } = canvas.getImageData(0, 0, image.width, image.height);
      return Array.from({ length: data.length / 4 }, (_, i) => data.slice(4 * i, 4 * i + 3).join());
    }, picture);
  }

  /** Where the ring around the painted neuron is, in pixels of the page. */
  async function ringOf(page: Page): Promise<{ x: number; y: number }> {
    const { x, y, width, height } = (await plot(page).locator('circle').boundingBox())!;
    return { x: x + width / 2, y: y + height / 2 };
  }

  test('is moved by dragging and enlarged by the wheel about the pointer', async () => {
    const { page, settled, close } = await open('&neuron=3');
    await settled();
    const before = await ringOf(page);
    const { x, y } = (await plot(page).boundingBox())!;
    await page.mouse.move(x + 10, y + 10);
    await page.mouse.down();
    await page.mouse.move(x + 40, y + 30, { steps: 5 });
    await page.mouse.up();
    const moved = await ringOf(page);
    expect([moved.x - before.x, moved.y - before.y].map(Math.round)).toEqual([30, 20]);
    await page.mouse.move(x + 10, y + 10);
    await page.mouse.wheel(0, -100);
    await expect.poll(async () => (await ringOf(page)).x - x - 10).toBeGreaterThan(1.05 * (moved.x - x - 10));
    const enlarged = await ringOf(page);
    const factor = (enlarged.x - x - 10) / (moved.x - x - 10);
    expect((enlarged.y - y - 10) / (moved.y - y - 10)).toBeCloseTo(factor, 1);
    await close();
  });

  test.each(['light', 'dark'] as const)(
    'shows a point in the colour of its cluster, says what it is under the pointer, and selects it by a click: %s',
    async (colorScheme) => {
      const { page, settled, view, screenshot, close } = await openViewer(bench.browser, address, {
        view: 'run=image&layer=layer2&panel=embedding&neuron=2',
        colorScheme,
      });
      await settled();
      const { x, y } = await ringOf(page);
      const color = { light: '0,114,178', dark: '74,163,223' }[colorScheme];
      const near = (wanted: string) => (shade: string) =>
        shade.split(',').every((value, i) => Math.abs(Number(value) - Number(wanted.split(',')[i])) < 50);
      await expect.poll(async () => (await shades(page, x, y)).filter(near(color)).length).toBeGreaterThan(8);
      await page.mouse.move(x + 1, y + 1);
      await page.getByRole('tooltip').getByText('cluster 1').waitFor();
      await page.mouse.down();
      await page.mouse.up();
      await expect.poll(() => list(view().neurons)).toEqual([2]);
      // A ring in the colour of the page sets it off.
      const surface = { light: '255,255,255', dark: '22,25,29' }[colorScheme];
      await page.mouse.move(x + 60, y + 60);
      await expect.poll(async () => (await shades(page, x, y, 5)).filter(near(surface)).length).toBeGreaterThan(4);
      await expect.poll(async () => (await shades(page, x, y, 3)).filter(near(color)).length).toBeGreaterThan(20);
      await screenshot(`embedding-${colorScheme}`);
      await close();
    },
  );

  test('says so when the graphics card is taken away, and draws again when it is asked to', async () => {
    const { page, settled, close } = await open('');
    await settled();
    await plot(page)
      .locator('canvas')
      .evaluate((canvas) =>
        (canvas as HTMLCanvasElement).getContext('webgl2')!.getExtension('WEBGL_lose_context')!.loseContext(),
      );
    await page.getByRole('alert').getByText('The graphics card was taken away').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await plot(page).waitFor();
    await close();
  });

  test('a cluster is selected by its button, and sorts the wall', async () => {
    const { page, settled, view, close } = await open('');
    await settled();
    await page.getByRole('button', { name: `Cluster 2, ${membersOf(1).length} neurons` }).click();
    await expect.poll(() => list(view().neurons)).toEqual(membersOf(1));
    await page.getByRole('tab', { name: 'Neuron wall' }).click();
    await page.getByRole('group', { name: 'Sort by' }).getByRole('radio', { name: 'cluster' }).check({ force: true });
    await page.getByRole('checkbox', { name: 'hide dead' }).uncheck();
    await settled();
    const shown = await page
      .getByRole('listbox', { name: /^Neurons of/ })
      .getByRole('option')
      .evaluateAll((cells) => cells.map((cell) => Number((cell as HTMLElement).dataset.neuron)));
    expect(shown.map((neuron) => CLUSTERS[neuron])).toEqual([...Array(4).fill(0), ...Array(5).fill(1), -1]);
    await close();
  });

  test('is walked through by the arrow keys', async () => {
    const { page, settled, view, close } = await open('&neuron=0');
    await settled();
    await plot(page).focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => view().neuron).not.toBe('0');
    const reached = Number(view().neuron);
    await page.keyboard.press('Enter');
    await expect.poll(() => list(view().neurons)).toEqual([reached]);
    await page.keyboard.press('Escape');
    await expect.poll(() => view().neurons).toBe(undefined);
    await close();
  });

  test('is of the layer on screen, and of no other while that one loads', async () => {
    const { page, settled, close } = await open('');
    await settled();
    const clusters = page.getByRole('tabpanel').getByRole('button', { name: /^Cluster/ });
    const sizes = () => clusters.evaluateAll((all) => all.map((one) => one.ariaLabel));
    expect(await sizes()).toEqual(['Cluster 1, 4 neurons', 'Cluster 2, 5 neurons']);
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route(/frame-0000\/layer3\/cluster\.npy/, async (route) => {
      await held;
      await route.continue();
    });
    await page.getByRole('combobox', { name: 'Layer' }).selectOption('layer3');
    await expect.poll(() => clusters.count()).toBe(0);
    release();
    await clusters.first().waitFor();
    expect(await sizes()).toEqual(['Cluster 1, 9 neurons', 'Cluster 2, 1 neuron']);
    await close();
  });

  test('of all layers is in the address', async () => {
    const { page, settled, view, close } = await open('');
    await settled();
    const plot = (neurons: number) =>
      page.getByRole('application', { name: `${neurons} neurons by how alike they paint` });
    await plot(10).waitFor();
    await page.getByRole('combobox', { name: 'Neurons' }).selectOption('All layers');
    await plot(20).waitFor();
    await expect.poll(() => view().embedding).toBe('layers');
    await page.reload();
    await plot(20).waitFor();
    await close();
  });

  test('of all layers is coloured by layer, and its legend says what is counted', async () => {
    const { page, settled, screenshot, close } = await open('&embedding=layers');
    await settled();
    const coloring = (name: string) => page.getByRole('group', { name: 'Colour by' }).getByRole('radio', { name });
    const legend = page.getByRole('complementary', { name: 'Legend' });
    const layers = legend.getByRole('list').first().getByRole('listitem');
    const [second, third] = await page
      .getByRole('combobox', { name: 'Layer' })
      .locator('option')
      .allTextContents()
      .then((all) => all.slice(1));
    await expect.poll(() => layers.allTextContents()).toEqual([`${second}10`, `${third}10`]);
    expect(await coloring('Layer').isChecked()).toBe(true);
    await screenshot('embedding-layers');
    await legend.getByRole('heading', { name: 'Layers neurons shown' }).waitFor();
    await legend.getByRole('heading', { name: `Clusters of ${second} neurons` }).waitFor();
    await page.getByRole('combobox', { name: 'Neurons' }).selectOption('This layer');
    await expect.poll(() => coloring('Cluster').isChecked()).toBe(true);
    await close();
  });

  test('says what to do for a run without one', async () => {
    const { page, settled, close } = await openViewer(bench.browser, address, { view: 'run=second&panel=embedding' });
    await settled();
    expect(await page.getByText('xinc analyze RUN neuron-clusters').count()).toBe(1);
    await close();
  });
});

describe('time', () => {
  const open = (view: string) =>
    openViewer(bench.browser, address, { view: `run=video&layer=block2&panel=time${view}`, colorScheme: 'light' });

  test('the change of contributions from frame to frame is that of the tracer', async () => {
    const { page, settled, screenshot, close } = await open('&frame=1');
    await settled();
    const [before, now] = [
      await expected.layer(bench.video, 'block2', 0),
      await expected.layer(bench.video, 'block2', 1),
    ];
    const change = changeBetween(before, now);
    const canvas = page.getByRole('img', { name: 'Change of contributions from frame 0 to frame 1' });
    await canvas.waitFor();
    await expectPainted(canvas, change, now, largestOf(change), true, 'light');
    const mean = change.reduce((sum, value) => sum + value, 0) / change.length;
    await page
      .getByRole('region', { name: 'Change from frame to frame' })
      .getByText(formatValue(mean), { exact: true })
      .first()
      .waitFor();
    await screenshot('time');
    await close();
  });

  test('scrubbing and playing go through the frames', async () => {
    const { page, settled, view, close } = await open('');
    await settled();
    const scrubber = page.getByRole('tabpanel').getByRole('slider', { name: 'Frame' });
    await scrubber.focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => view().frame).toBe('1');
    await settled();
    await page.keyboard.press('Home');
    await expect.poll(() => view().frame).toBe(undefined);
    const seen = new Set<string>();
    await page.getByRole('button', { name: 'Play' }).click();
    await expect
      .poll(
        async () => {
          seen.add(await scrubber.inputValue());
          return seen.size;
        },
        { interval: 30, timeout: 20_000 },
      )
      .toBe(2);
    await page.getByRole('button', { name: 'Pause' }).click();
    await settled();
    await close();
  });

  test('what selected neurons give to groups is drawn where there are labels', async () => {
    const { page, settled, close } = await open('&neurons=3,8-10');
    await settled();
    const traced = await expected.layer(bench.video, 'block2');
    const groups = page.getByRole('group', { name: 'Groups drawn' });
    for (const [half, name] of ['left', 'right'].entries()) {
      const pixels = Array.from({ length: HEIGHT * WIDTH }, (_, p) => p).filter(
        (p) => (p % WIDTH < WIDTH / 2 ? 0 : 1) === half,
      );
      const sums = traced.sums(pixels);
      const density = [3, 8, 9, 10].reduce((sum, neuron) => sum + sums[neuron], 0) / pixels.length;
      await groups.getByRole('button', { name: `${name} ${formatValue(density)}` }).waitFor();
    }
    await close();
  });

  test('a frame that is labelled alone is a point', async () => {
    const { page, settled, close } = await open('&neurons=3&frame=1');
    await settled();
    const objects = page.getByRole('region', { name: 'Contributions to objects' });
    await objects.getByRole('heading', { name: /^1 selected kernel to groups/ }).waitFor();
    await expect.poll(() => objects.getByRole('img').locator('circle').count()).toBe(2);
    await close();
  });
});

describe('analyses', () => {
  test('are written as in the report: titles once, minus signs, no break before a unit', async () => {
    const figure = 'analysis/maps/figures/strongest.svg';
    await bench.image.run.write(figure, '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"/>');
    await bench.image.run.write('analysis/maps/table.csv', 'name,value\na-1,-0.0968\n');
    await bench.image.run.write(
      'analysis/maps/result.json',
      JSON.stringify({
        title: 'Maps',
        description: 'Of neurons.',
        findings: ['A correlation of -0.0968 in 33.4 % of them.'],
        notes: ['At 30 dB.'],
        omissions: [],
        figures: [
          { kind: 'raster', name: 'strongest', title: 'The strongest', caption: 'From -1 to 1.', file: figure },
        ],
        tables: [{ name: 'table', title: 'Values', file: 'analysis/maps/table.csv' }],
        arrays: [],
      }),
    );
    const { page, settled, close } = await openViewer(bench.browser, address, {
      view: 'run=image&panel=analyses&analysis=maps',
    });
    await settled();
    const article = page.getByRole('article');
    await article.getByRole('heading', { name: 'Maps' }).waitFor();
    const texts = (selector: string) => article.locator(selector).allTextContents();
    expect(await texts('.findings li')).toEqual(['A correlation of −0.0968 in 33.4\u00a0% of them.']);
    expect(await texts('.lines li')).toEqual(['At 30\u00a0dB.']);
    expect(await texts('figcaption')).toEqual(['From −1 to 1.']);
    const title = article.getByRole('heading', { name: 'The strongest' });
    expect((await title.boundingBox())!.height).toBeLessThanOrEqual(1);
    await article.getByText('Values', { exact: true }).click();
    await article.getByRole('table').waitFor();
    expect(await texts('td')).toEqual(['a-1', '−0.0968']);
    await close();
  });
});

describe('compare', () => {
  test('the only other run is compared with', async () => {
    const { address: two } = await bench.serve({ runs: [bench.image.source, second.source] });
    const { page, settled, view, close } = await openViewer(bench.browser, two, {
      view: 'run=image&layer=layer2&panel=compare&pixel=5,9',
      colorScheme: 'dark',
    });
    await settled();
    const other = page.getByRole('combobox', { name: 'Compare with' });
    expect(await other.locator('option').allTextContents()).toEqual(['second']);
    const ranking = page.getByRole('listbox', { name: 'Neurons of second by contribution to the pixel' });
    await ranking.waitFor();
    expect((await ranking.locator('.bar').first().boundingBox())!.width).toBeGreaterThan(60);
    expect(await page.getByText('Point at a neuron of a ranking: its map appears here.').count()).toBe(2);
    expect(await page.getByRole('tabpanel').locator('.pictures .framed').count()).toBe(2);
    expect(view().other).toBe(undefined);
    await close();
  });

  test('of several others none is compared with until one is chosen', async () => {
    const { page, settled, close } = await openViewer(bench.browser, address, { view: 'run=image&panel=compare' });
    await settled();
    expect(await page.getByRole('combobox', { name: 'Compare with' }).inputValue()).toBe('');
    await page.getByText('Choose a run to compare with').waitFor();
    await close();
  });

  test('a layer chosen for the other run goes to the address, and comes back from it', async () => {
    const { page, settled, view, close } = await openViewer(bench.browser, address, {
      view: 'run=image&layer=layer2&panel=compare&other=second',
    });
    await settled();
    const layer = page.getByRole('combobox', { name: 'its layer' });
    expect(await layer.inputValue()).toBe('');
    await layer.selectOption('layer3');
    await expect.poll(() => view()['other-layer']).toBe('layer3');
    await page.reload();
    await settled();
    expect(await layer.inputValue()).toBe('layer3');
    await page.getByRole('combobox', { name: 'Compare with' }).selectOption('');
    await expect.poll(view).toEqual({ run: 'image', layer: 'layer2', panel: 'compare' });
    await close();
  });

  test('two runs rank under one pointer, each its own neurons', async () => {
    const { page, settled, view, screenshot, close } = await openViewer(bench.browser, address, {
      view: 'run=image&layer=layer2&panel=compare',
      colorScheme: 'dark',
    });
    await settled();
    await page.getByRole('combobox', { name: 'Compare with' }).selectOption('second');
    await expect.poll(() => view().other).toBe('second');
    await pointAt(page, 5, 9);
    await settled();
    for (const [name, made] of [
      ['image', bench.image],
      ['second', second],
    ] as const) {
      const ranking = page.getByRole('listbox', { name: `Neurons of ${name} by contribution to the pixel` });
      await ranking.waitFor();
      await settled();
      const traced = await expected.layer(made, 'layer2');
      expectRanking(await rowsOf(ranking), traced.at(5, 9), 24);
      expect(
        await page
          .getByRole('region', { name, exact: true })
          .getByText(await expected.psnr(made, 0), { exact: true })
          .count(),
      ).toBe(1);
    }
    await page
      .getByRole('listbox', { name: 'Neurons of image by contribution to the pixel' })
      .getByRole('option')
      .first()
      .hover();
    await settled();
    await screenshot('compare');
    await close();
  });
});
