import { expect, test } from 'vitest';
import { browserBench } from './browser-bench.js';
import { accessibilityFaults } from './faults.js';
import { expectRanking, pointAt, rowsOf } from './on-screen.js';
import { reference } from './reference.js';

/* One pixel through all layers of a network. */

const bench = browserBench();
const expected = reference(bench);

test.each(['image', 'video', 'custom'] as const)(
  'every layer of %s is a column with its strongest neurons at the pixel; what is pointed at next is ranked next',
  async (name) => {
    const made = bench[name];
    const { page, settled, screenshot, close } = await bench.open(`run=${name}&panel=pixel&pixel=7,12`, {
      viewport: { width: 1400, height: 1000 },
    });
    await settled();
    const { layers } = await expected.tracer(made);
    const panel = page.getByRole('tabpanel');
    const lists = panel.getByRole('listbox');
    for (const [row, column] of [
      [7, 12],
      [3, 4],
    ]) {
      await pointAt(page, row, column);
      if (row === 3) {
        await page.getByRole('button', { name: 'Let go of the pixel' }).click();
        await pointAt(page, row, column);
      }
      await panel.getByRole('heading', { name: `All layers at row ${row}, column ${column}` }).waitFor();
      await settled();
      expect(await lists.count()).toBe(layers.length);
      for (const [i, { id }] of layers.entries()) {
        const traced = await expected.layer(made, id);
        expectRanking(await rowsOf(lists.nth(i)), traced.at(row, column), 12);
      }
    }
    await screenshot(`pixel-${name}`);
    expect(await accessibilityFaults(page)).toEqual([]);
    await close();
  },
);

test('a click goes to the layer, paints the neuron and selects it; a layer that was not tested for faithfulness says so', async () => {
  const { page, settled, view, close } = await bench.open('run=image&layer=layer1&panel=pixel&pixel=7,12');
  await settled();
  const column = page.getByRole('tabpanel').getByRole('region', { name: /^Layer 2/ });
  await column.getByText('ρ not tested').waitFor();
  const line = column.getByRole('option').nth(1);
  const neuron = await line.getAttribute('data-index');
  await line.click();
  await expect.poll(view).toMatchObject({ layer: 'layer2', neuron, neurons: neuron });
  await page
    .getByRole('tabpanel')
    .getByRole('button', { name: /^Layer 1/ })
    .click();
  await expect.poll(() => view().layer).toBe('layer1');
  await close();
});

test('without a pixel the panel says how to choose one', async () => {
  const { page, settled, close } = await bench.open('run=image&panel=pixel');
  await settled();
  await page.getByText('Point at the picture, and click to hold a pixel').waitFor();
  await close();
});
