import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { formatCount } from '../../../viewer-page/src/color/number-format.js';
import { browserBench } from './browser-bench.js';
import { writeClusters } from './made-clusters.js';
import { HEIGHT, neuronList, rowsOf, WIDTH } from './on-screen.js';
import { reference } from './reference.js';

/* Only the neurons that paint a group, or those of a cluster, against the tracer that `xinc trace` uses. */

const bench = browserBench();
const expected = reference(bench);
/** The wall makes the cells on screen alone. */
const TALL = { width: 1440, height: 4000 };
const LAYER = 'layer2';
const CLUSTERS = [0, 0, 1, 0, 1, -1, 1, 0, 0, 1];

beforeAll(() => writeClusters(bench.image, { [LAYER]: CLUSTERS }));

/** Kernels of a layer whose mean |c| in the left half is at least so many times that in the right half, the weak ones left out. */
async function paintersOfLeft(least: number, id = 'block1'): Promise<number[]> {
  const layer = await expected.layer(bench.video, id);
  const halves = [0, 1].map((half) =>
    layer.sums([...Array(HEIGHT * WIDTH).keys()].filter((p) => p % WIDTH < WIDTH / 2 === (half === 0))),
  );
  const [left, right] = halves;
  const total = [...left.keys()].reduce((sum, n) => sum + left[n] + right[n], 0);
  return [...left.keys()].filter(
    (n) => left[n] >= least * right[n] && left[n] + right[n] >= (0.1 * total) / layer.neurons,
  );
}

const onWall = (page: Page) =>
  page
    .getByRole('listbox', { name: /^Neurons of/ })
    .getByRole('option')
    .evaluateAll((cells) => cells.map((cell) => Number((cell as HTMLElement).dataset.neuron)).sort((a, b) => a - b));

test('a click on a group shows the neurons that paint it, on the wall and in lists, with their number', async () => {
  const painters = await paintersOfLeft(2);
  expect(painters.length).toBeGreaterThan(5);
  const { neurons: kernels } = await expected.layer(bench.video, 'block1');
  const { page, settled, view, close } = await bench.open('run=video&layer=block1&pixel=3,4&ranked=groups', {
    viewport: TALL,
  });
  await settled();
  await page.getByRole('listbox', { name: 'Groups by size' }).getByRole('option', { name: 'left' }).click();
  await settled();
  await expect.poll(() => view().only).toBe('group:halves:left');
  expect(await onWall(page)).toEqual(painters);
  await page
    .getByText(`${painters.length} of ${formatCount(kernels)} kernels paint left`)
    .first()
    .waitFor();
  await page.getByRole('radio', { name: 'Pixel' }).check({ force: true });
  const ranked = (await rowsOf(neuronList(page))).map(({ index }) => index);
  expect(ranked.every((neuron) => painters.includes(neuron))).toBe(true);
  await page.getByRole('button', { name: 'Show all' }).first().click();
  await settled();
  await expect.poll(() => view().only).toBeUndefined();
  expect((await onWall(page)).length).toBeGreaterThan(painters.length);
  await close();
});

test('the threshold is a choice of the address, and a frame without the group says so', async () => {
  const { page, settled, close } = await bench.open('run=video&layer=block1&only=group:halves:left&only-least=4', {
    viewport: TALL,
  });
  await settled();
  expect(await onWall(page)).toEqual(await paintersOfLeft(4));
  await close();
  const other = await bench.open(`layer=${LAYER}&only=group:halves:middle`);
  await other.settled();
  await other.page.getByText("none: 'halves' has no 'middle' on this frame").first().waitFor();
  expect(await onWall(other.page)).toEqual([]);
  await other.close();
});

test('another layer has painters of its own, and a frame without labels has none', async () => {
  const painters = await paintersOfLeft(1.5, 'block2');
  expect(painters.length).toBeGreaterThan(0);
  const { page, settled, close } = await bench.open('run=video&layer=block1&only=group:halves:left&only-least=1.5', {
    viewport: TALL,
  });
  await settled();
  await page.getByRole('combobox', { name: 'Layer' }).selectOption('block2');
  await expect.poll(() => onWall(page)).toEqual(painters);
  await page.getByRole('slider', { name: 'Frame' }).press('ArrowRight');
  await page.getByText("none: this frame has no labels of 'halves'").first().waitFor();
  expect(await onWall(page)).toEqual([]);
  await close();
});

test('a cluster alone is shown, and the filter ends with its layer', async () => {
  const { page, settled, view, close } = await bench.open(`layer=${LAYER}&panel=embedding`);
  await settled();
  await page.getByRole('button', { name: 'Show only the neurons of cluster 2' }).click();
  await page.getByText('4 of 10 neurons are of cluster 2').first().waitFor();
  await expect.poll(() => view().only).toBe(`cluster:${LAYER}:2`);
  await page.getByRole('tab', { name: 'Neuron wall' }).click();
  await page.getByRole('checkbox', { name: 'hide dead' }).uncheck();
  await settled();
  expect(await onWall(page)).toEqual([2, 4, 6, 9]);
  await page.getByRole('combobox', { name: 'Layer' }).selectOption('layer1');
  await expect.poll(() => view().only).toBeUndefined();
  await close();
});
