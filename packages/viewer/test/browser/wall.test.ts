import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { browserBench } from './browser-bench.js';
import { HEIGHT, WIDTH } from './on-screen.js';
import { reference } from './reference.js';

/* The wall of neurons, against the tracer that `xinc trace` uses. */

const bench = browserBench();
const expected = reference(bench);
const everywhere = Array.from({ length: HEIGHT * WIDTH }, (_, p) => p);

const wallOf = (page: Page) => page.getByRole('listbox', { name: /^Neurons of/ });
/** Neurons in the order of the cells on screen. */
const cellsOf = (page: Page) =>
  wallOf(page)
    .getByRole('option')
    .evaluateAll((cells) =>
      cells
        .map((cell) => [Number(cell.ariaPosInSet), Number((cell as HTMLElement).dataset.neuron)])
        .sort(([a], [b]) => a - b)
        .map(([, neuron]) => neuron),
    );

/** The largest first; those that float32 cannot tell apart may come in either order. */
function expectSorted(neurons: readonly number[], sums: ArrayLike<number>): void {
  const sizes = neurons.map((neuron) => sums[neuron]);
  for (let i = 1; i < sizes.length; i++) expect(sizes[i]).toBeLessThanOrEqual(sizes[i - 1] * (1 + 1e-6));
}

test.each([
  ['image', 'layer1'],
  ['image', 'layer3'],
  ['video', 'head'],
  ['custom', 'ramps'],
] as const)('by total contribution, without the dead: %s, %s', async (name, layer) => {
  const { page, settled, close } = await bench.open(`run=${name}&layer=${layer}`);
  await settled();
  const sums = (await expected.layer(bench[name], layer)).sums(everywhere);
  const alive = [...sums.keys()].filter((neuron) => sums[neuron] > 0);
  const shown = await cellsOf(page);
  expect([...shown].sort((a, b) => a - b)).toEqual(alive);
  expectSorted(shown, sums);
  await page.getByRole('checkbox', { name: 'hide dead' }).uncheck();
  await expect.poll(async () => (await cellsOf(page)).length).toBe(sums.length);
  await close();
});

test('by region and by index', async () => {
  const { page, settled, view, close } = await bench.open('layer=layer1&region=rectangle:2,3,4,5');
  await settled();
  const inside = everywhere.filter((p) => {
    const [row, column] = [Math.floor(p / WIDTH), p % WIDTH];
    return row >= 2 && row < 6 && column >= 3 && column < 8;
  });
  const sums = (await expected.layer(bench.image, 'layer1')).sums(inside);
  await page.getByRole('group', { name: 'Sort by' }).getByRole('radio', { name: 'region' }).check({ force: true });
  await settled();
  expectSorted(await cellsOf(page), sums);
  await page.getByRole('group', { name: 'Sort by' }).getByRole('radio', { name: 'index' }).check({ force: true });
  await expect.poll(() => view().order).toBe('index');
  const shown = await cellsOf(page);
  expect(shown).toEqual([...shown].sort((a, b) => a - b));
  await close();
});

test('makes the cells on screen alone, and reaches the last', async () => {
  const { page, settled, close } = await bench.open('run=video&layer=block1&order=index', {
    viewport: { width: 1280, height: 720 },
  });
  await settled();
  const { neurons } = await expected.layer(bench.video, 'block1');
  const first = await cellsOf(page);
  expect(first.length).toBeLessThan(neurons);
  expect(first[0]).toBe(0);
  await wallOf(page).focus();
  await page.keyboard.press('End');
  await expect.poll(async () => (await cellsOf(page)).at(-1)).toBe(neurons - 1);
  await settled();
  expect((await cellsOf(page)).length).toBeLessThan(neurons);
  await close();
});

test('neurons are selected by click and by keys, with Shift a range, and let go', async () => {
  const { page, settled, view, close } = await bench.open('layer=layer1&order=index');
  await settled();
  await page.locator('[data-neuron="1"]').click();
  await page.locator('[data-neuron="4"]').click({ modifiers: ['Shift'] });
  await expect.poll(() => view().neurons).toBe('1-4');
  await page.locator('[data-neuron="2"]').click();
  await expect.poll(() => view().neurons).toBe('1,3-4');
  await wallOf(page).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Space');
  await expect.poll(() => view().neurons).toBe('1,3-5');
  await expect.poll(() => view().neuron).toBe('5');
  expect(await wallOf(page).getByRole('option', { selected: true }).count()).toBe(4);
  await page.keyboard.press('Escape');
  await expect.poll(() => view().neurons).toBe(undefined);
  await close();
});
