import { join } from 'node:path';
import nerv from '@xinc/model-nerv';
import { describe, expect, test } from 'vitest';
import { largestOf } from '../../../viewer-page/src/color/color-scale.js';
import { makeRun } from '../server/made-runs.js';
import { browserBench } from './browser-bench.js';
import {
  drag,
  expectPainted,
  expectRanking,
  HEIGHT,
  mapCanvas,
  neuronList,
  pointAt,
  rowsOf,
  stageOf,
  WIDTH,
} from './on-screen.js';
import { openViewer, pixelsOf } from './open-viewer.js';
import { reference } from './reference.js';

/* Pointing, selecting and painting, against the tracer that `xinc trace` uses. */

const bench = browserBench();
const expected = reference(bench);
describe('pointing at a pixel ranks the neurons that paint it', () => {
  test.each([
    ['image', 'layer1', 0],
    ['image', 'layer2', 0],
    ['image', 'layer3', 0],
    ['video', 'block1', 0],
    ['video', 'block2', 1],
    ['video', 'head', 1],
    ['custom', 'ramps', 0],
  ] as const)('%s, %s, frame %i', async (name, layer, frame) => {
    const { page, settled, close } = await bench.open(`run=${name}&layer=${layer}&frame=${frame}`);
    await settled();
    const traced = await expected.layer(bench[name], layer, frame);
    for (const [row, column] of [
      [0, 1],
      [HEIGHT - 1, WIDTH - 1],
      [7, 12],
    ]) {
      await pointAt(page, row, column);
      await page.getByRole('heading', { name: `Row ${row}, column ${column}` }).waitFor();
      await settled();
      expectRanking(await rowsOf(neuronList(page)), traced.at(row, column));
    }
    await close();
  });

  test('the columns have room for what they say of many kernels', async () => {
    const wide = await makeRun(
      join(bench.folder, 'wide'),
      nerv,
      { widths: [40, 30, 6], strides: [4, 2] },
      bench.engine,
    );
    const { address } = await bench.serve({ runs: [wide.source] });
    const { page, settled, close } = await openViewer(bench.browser, address, {
      view: 'layer=block1&pixel=7,12&neuron=9700',
    });
    await settled();
    await page.locator('#canvas').getByText('Kernel 20→100 (9700)', { exact: true }).waitFor();
    const rows = await neuronList(page)
      .getByRole('option')
      .evaluateAll((items) =>
        items.map((item) => ({
          title: (item as HTMLElement).title,
          name: item.querySelector('.name')!.textContent.trim(),
          ends: ['.name', '.value', '.share'].map((column) => {
            const range = document.createRange();
            range.selectNodeContents(item.querySelector(column)!);
            const { left, right } = range.getBoundingClientRect();
            const box = item.querySelector(column)!.getBoundingClientRect();
            return [Math.round(left - box.left), Math.round(box.right - right)];
          }),
        })),
      );
    expect(rows.some(({ name }) => /^\d\d→\d\d\d$/.test(name))).toBe(true);
    for (const { name, title, ends } of rows) {
      const [input, output] = name.split('→').map(Number);
      expect(title).toBe(`Kernel ${name} (${input * 480 + output})`);
      expect(Math.min(...ends.flat()), `${name}: ${ends}`).toBeGreaterThanOrEqual(0);
    }
    await close();
  });

  test('a click holds the pixel, another lets it go', async () => {
    const { page, settled, view, close } = await bench.open();
    await settled();
    await pointAt(page, 3, 4);
    await page.mouse.down();
    await page.mouse.up();
    await pointAt(page, 9, 9);
    await expect.poll(view).toEqual({ pixel: '3,4' });
    await page.getByRole('button', { name: 'Let go of the pixel' }).click();
    await pointAt(page, 9, 9);
    await expect.poll(view).toEqual({ pixel: '9,9' });
    await close();
  });

  test('the newest pixel is the one that is answered', async () => {
    const { page, settled, close } = await bench.open('run=video&layer=block1');
    await settled();
    const traced = await expected.layer(bench.video, 'block1');
    for (let step = 0; step < 60; step++) await pointAt(page, step % HEIGHT, (step * 5) % WIDTH);
    await settled();
    expectRanking(await rowsOf(neuronList(page)), traced.at(59 % HEIGHT, (59 * 5) % WIDTH));
    await close();
  });
});

describe('a neuron’s map is painted over the picture', () => {
  test.each([
    ['image', 'layer1', 5, 'light', true],
    ['image', 'layer2', 3, 'dark', true],
    ['image', 'layer3', 3, 'light', false],
    ['video', 'block1', 40, 'dark', false],
    ['video', 'head', 7, 'light', false],
    ['custom', 'ramps', 1, 'dark', false],
  ] as const)('%s, %s, neuron %i, %s', async (name, layer, neuron, theme, nonnegative) => {
    const { page, settled, close } = await bench.open(`run=${name}&layer=${layer}&neuron=${neuron}`, {
      colorScheme: theme,
    });
    await settled();
    await mapCanvas(page).waitFor();
    const traced = await expected.layer(bench[name], layer);
    const map = traced.map(neuron);
    await expectPainted(mapCanvas(page), map, traced, largestOf(map), nonnegative, theme);
    await page.locator('#canvas').getByRole('radio', { name: 'shared' }).check({ force: true });
    await settled();
    await expectPainted(mapCanvas(page), map, traced, largestOf(traced.maps), nonnegative, theme);
    await close();
  });

  test('pointing at lines of the ranking and cells of the wall paints them', async () => {
    const { page, settled, close } = await bench.open('layer=layer1&pixel=7,12', { colorScheme: 'light' });
    await settled();
    const traced = await expected.layer(bench.image, 'layer1');
    const second = (await rowsOf(neuronList(page)))[1].index;
    await neuronList(page).getByRole('option').nth(1).hover();
    await settled();
    await expectPainted(mapCanvas(page), traced.map(second), traced, largestOf(traced.map(second)), true, 'light');
    const cell = page.locator('[data-neuron="4"]');
    await cell.hover();
    await settled();
    await expectPainted(mapCanvas(page), traced.map(4), traced, largestOf(traced.map(4)), true, 'light');
    await page.getByRole('slider', { name: 'Opacity' }).fill('0.3');
    await expect.poll(() => page.getByTestId('map').evaluate((map) => getComputedStyle(map).opacity)).toBe('0.3');
    await page.getByRole('button', { name: 'Hide map' }).click();
    await expect.poll(() => mapCanvas(page).count()).toBe(0);
    await close();
  });

  test('signal, reconstruction and error are the pictures of the run', async () => {
    const { page, settled, close } = await bench.open('theme=light');
    await settled();
    const signal = bench.image.frame(0).rgb;
    const { rgb } = await (await expected.network(bench.image)).reconstruct(0);
    const clamp = (value: number) => Math.min(1, Math.max(0, value));
    const large = stageOf(page).locator('canvas').first();
    const strip = page.getByRole('group', { name: 'Large picture' });
    for (const [kind, values] of [
      ['Signal', signal],
      ['Reconstruction', rgb],
    ] as const) {
      await strip.getByRole('radio', { name: kind }).check({ force: true });
      await settled();
      const { rgba } = await pixelsOf(large);
      const worst = Math.max(
        ...Array.from(values, (value, i) => Math.abs(255 * clamp(value) - rgba[4 * Math.floor(i / 3) + (i % 3)])),
      );
      expect(worst).toBeLessThanOrEqual(0.501);
    }
    await strip.getByRole('radio', { name: 'Error' }).check({ force: true });
    const error = Float32Array.from({ length: HEIGHT * WIDTH }, (_, p) => {
      const channels = [3 * p, 3 * p + 1, 3 * p + 2];
      return channels.reduce((sum, i) => sum + Math.abs(clamp(signal[i]) - clamp(rgb[i])), 0) / 3;
    });
    const traced = await expected.layer(bench.image, 'layer1');
    await expect.poll(async () => (await pixelsOf(large)).width).toBe(WIDTH);
    await expectPainted(large, error, traced, largestOf(error), true, 'light');
    await close();
  });
});

describe('a region that is selected ranks its neurons', () => {
  /** Pixels whose centres a polygon encloses, by winding of the angle: another way than the page's. */
  function enclosed(corners: readonly (readonly [x: number, y: number])[]): number[] {
    return Array.from({ length: HEIGHT * WIDTH }, (_, p) => p).filter((p) => {
      const [x, y] = [(p % WIDTH) + 0.5, Math.floor(p / WIDTH) + 0.5];
      const turns = corners.reduce((sum, [x1, y1], i) => {
        const [x2, y2] = corners[(i + 1) % corners.length];
        const angle = Math.atan2(y2 - y, x2 - x) - Math.atan2(y1 - y, x1 - x);
        return sum + Math.atan2(Math.sin(angle), Math.cos(angle));
      }, 0);
      return Math.abs(turns) > Math.PI;
    });
  }

  test('a rectangle that is dragged', async () => {
    const { page, settled, view, close } = await bench.open('layer=layer2');
    await settled();
    await page.getByRole('radio', { name: 'Rectangle' }).check({ force: true });
    await drag(page, [2.5, 3.5], [9.5, 15.5]);
    await expect.poll(() => view().region).toBe('rectangle:2,3,8,13');
    await settled();
    const traced = await expected.layer(bench.image, 'layer2');
    const inside = Array.from({ length: HEIGHT * WIDTH }, (_, p) => p).filter((p) => {
      const [row, column] = [Math.floor(p / WIDTH), p % WIDTH];
      return row >= 2 && row < 10 && column >= 3 && column < 16;
    });
    expect(inside).toHaveLength(8 * 13);
    expect(await page.getByRole('heading', { name: '104 pixels' }).count()).toBe(1);
    expectRanking(await rowsOf(neuronList(page)), traced.sums(inside));
    await page.getByRole('button', { name: 'Clear region' }).click();
    await expect.poll(() => view().region).toBe(undefined);
    await close();
  });

  test.each([
    ['image', 'layer1'],
    ['video', 'block1'],
    ['custom', 'ramps'],
  ] as const)('a lasso that is drawn: %s, %s', async (name, layer) => {
    const { page, settled, view, screenshot, close } = await bench.open(`run=${name}&layer=${layer}`);
    await settled();
    await page.getByRole('radio', { name: 'Lasso' }).check({ force: true });
    // No side goes through the middle of a pixel.
    await drag(page, [2, 4], [3, 18], [13, 21], [8, 13], [14, 4], [2, 4]);
    await expect.poll(() => view().region).toMatch(/^lasso:/);
    await settled();
    const numbers = view().region.split(':')[1].split(',').map(Number);
    const corners = Array.from({ length: numbers.length / 2 }, (_, i) => [numbers[2 * i], numbers[2 * i + 1]] as const);
    const inside = enclosed(corners);
    // The outline that was drawn encloses as much, but for the pixels along it.
    const drawn = enclosed([
      [4, 2],
      [18, 3],
      [21, 13],
      [13, 8],
      [4, 14],
    ]);
    expect(inside.length).toBeGreaterThan(0);
    expect(drawn.filter((p) => !inside.includes(p)).length).toBeLessThan(0.15 * drawn.length);
    const traced = await expected.layer(bench[name], layer);
    expect(await page.getByRole('heading', { name: /pixels$/ }).textContent()).toBe(`${inside.length} pixels`);
    expectRanking(await rowsOf(neuronList(page)), traced.sums(inside));
    await screenshot(`canvas-lasso-${name}`);
    await close();
  });

  test('neurons that take from a region are blue', async () => {
    const { page, settled, close } = await bench.open('run=video&layer=head&region=rectangle:2,3,8,13');
    await settled();
    const traced = await expected.layer(bench.video, 'head');
    const net = (neuron: number) => {
      let sum = 0;
      for (let row = 2; row < 10; row++)
        for (let column = 3; column < 16; column++) sum += traced.map(neuron)[row * WIDTH + column];
      return sum;
    };
    const lines = await neuronList(page)
      .getByRole('option')
      .evaluateAll((items) =>
        items.map((item) => ({
          neuron: Number((item as HTMLElement).dataset.index),
          blue: item.querySelector('.bar')!.classList.contains('negative'),
          known: !item.querySelector('.bar')!.classList.contains('unsigned'),
        })),
      );
    expect(lines.every(({ known }) => known)).toBe(true);
    expect(lines.map(({ neuron, blue }) => [neuron, blue])).toEqual(
      lines.map(({ neuron }) => [neuron, net(neuron) < 0]),
    );
    expect(new Set(lines.map(({ blue }) => blue)).size).toBe(2);
    await close();
  });

  test('groups are ranked for the selected neurons', async () => {
    const { page, settled, close } = await bench.open('layer=layer1&neurons=2,5-7');
    await settled();
    await page.getByRole('radio', { name: 'Groups' }).check({ force: true });
    await settled();
    const traced = await expected.layer(bench.image, 'layer1');
    const halves = [0, 1].map((half) =>
      Array.from({ length: HEIGHT * WIDTH }, (_, p) => p).filter((p) => (p % WIDTH < WIDTH / 2 ? 0 : 1) === half),
    );
    const sums = halves.map((half) => {
      const all = traced.sums(half);
      return [2, 5, 6, 7].reduce((sum, neuron) => sum + all[neuron], 0);
    });
    const list = page.getByRole('listbox', { name: 'Groups by contribution of the selected neurons' });
    expectRanking(
      await rowsOf(list),
      sums.map((sum, g) => sum / halves[g].length),
    );
    await page.getByRole('radio', { name: 'total' }).first().check({ force: true });
    await settled();
    expectRanking(await rowsOf(list), sums);
    await close();
  });
});

describe('by keyboard', () => {
  test('the pixel moves, is held and let go', async () => {
    const { page, settled, view, close } = await bench.open();
    await settled();
    await stageOf(page).focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(view).toEqual({ pixel: '8,12' });
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+ArrowLeft');
    await expect.poll(view).toEqual({ pixel: '9,2' });
    await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('Shift+ArrowUp');
    await expect.poll(view).toEqual({ pixel: '0,0' });
    await page.keyboard.press('Escape');
    await expect.poll(view).toEqual({});
    await close();
  });

  test('the ranking is walked through, and its neurons selected', async () => {
    const { page, settled, view, close } = await bench.open('layer=layer2&pixel=7,12');
    await settled();
    const rows = await rowsOf(neuronList(page));
    await neuronList(page).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => view().neuron).toBe(String(rows[1].index));
    await page.keyboard.press('Enter');
    await page.keyboard.press('Home');
    await page.keyboard.press('Space');
    const chosen = [rows[0].index, rows[1].index].sort((a, b) => a - b);
    await expect.poll(() => neuronList(page).getByRole('option', { selected: true }).count()).toBe(2);
    const [first, second] = chosen;
    await expect.poll(() => view().neurons).toBe(`${first}${second === first + 1 ? '-' : ','}${second}`);
    await page.keyboard.press('End');
    await expect.poll(() => view().neuron).toBe(String(rows.at(-1)!.index));
    await close();
  });
});
