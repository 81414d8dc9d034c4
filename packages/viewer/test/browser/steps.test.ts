import { expect, test } from 'vitest';
import { browserBench } from './browser-bench.js';
import { drag, pointAt, stageOf } from './on-screen.js';
import { openViewer } from './open-viewer.js';

/* Selections are steps of the browser's history. */

const bench = browserBench();

test('Back and Forward go from selection to selection, and leave alone how the page looks', async () => {
  const { page, settled, view, close } = await bench.open('layer=layer1&order=index');
  await settled();
  await page.locator('[data-neuron="1"]').click();
  await expect.poll(() => view().neurons).toBe('1');
  await page.locator('[data-neuron="4"]').click();
  await expect.poll(() => view().neurons).toBe('1,4');
  await page.getByRole('combobox', { name: 'Layer' }).selectOption('layer2');
  await expect.poll(() => view().layer).toBe('layer2');
  await page.getByRole('tab', { name: 'Training' }).click();
  await page.getByRole('button', { name: /^Colours/ }).click();
  await expect.poll(() => view().theme).toBe('light');
  const there = page.url();

  await page.goBack();
  await expect.poll(() => view()).toMatchObject({ layer: 'layer1', neurons: '1,4', theme: 'light', panel: 'training' });
  await page.goBack();
  await expect.poll(() => view().neurons).toBe('1');
  await page.goBack();
  await expect.poll(() => view().neurons).toBeUndefined();
  const undo = page.getByRole('button', { name: 'The selection before' });
  expect(await undo.isDisabled()).toBe(true);
  for (let i = 0; i < 3; i++) await page.goForward();
  await expect.poll(() => page.url()).toBe(there);
  await close();
});

test('what is dragged is one step, what is pointed at is none, and buttons and keys take it back', async () => {
  const { page, settled, view, close } = await bench.open('layer=layer1');
  await settled();
  const steps = () => page.evaluate(() => history.length);
  const before = await steps();
  for (const column of [2, 9, 15]) await pointAt(page, 3, column);
  await expect.poll(() => view().pixel).toBe('3,15');
  await page.getByRole('radio', { name: 'Rectangle' }).check({ force: true });
  await drag(page, [2, 2], [5, 5], [8, 9], [10, 14]);
  await expect.poll(() => view().region).toBeDefined();
  expect(await steps()).toBe(before + 1);
  const { region } = view();
  await page.keyboard.press('Control+z');
  await expect.poll(() => view().region).toBeUndefined();
  await page.getByRole('button', { name: 'The selection after' }).click();
  await expect.poll(() => view().region).toBe(region);
  await page.getByRole('textbox', { name: /^Find/ }).fill('3');
  await page.keyboard.press('Enter');
  await expect.poll(() => view().neuron).toBe('3');
  await page.getByRole('button', { name: 'The selection before' }).click();
  await expect.poll(() => view().neuron).toBeUndefined();
  expect(view().region).toBe(region);
  await close();
});

test('another run comes back with its selection, and nothing switched off in the one before', async () => {
  const { page, settled, view, close } = await bench.open('layer=layer1&neurons=2');
  await settled();
  await page.getByRole('combobox', { name: 'Run' }).selectOption('video');
  await expect.poll(() => view().run).toBe('video');
  await page.evaluate(() => {
    location.hash += '&off=block1:2';
  });
  await page.getByRole('tab', { name: 'Switch neurons off' }).click();
  await page.getByRole('status').filter({ hasText: '1 off' }).waitFor();
  await page.goBack();
  await page.goBack();
  await expect.poll(() => view()).toMatchObject({ layer: 'layer1', neurons: '2' });
  expect(view().off).toBeUndefined();
  await close();
});

test('a panel in a frame leaves the history to the page around it', async () => {
  const { page, settled, close } = await openViewer(bench.browser, bench.address);
  await settled();
  const { origin } = new URL(page.url());
  const token = new URL(bench.address).searchParams.get('token');
  await page.goto(`${origin}/token/${token}/?embed=canvas#layer=layer1`);
  await settled();
  const before = await page.evaluate(() => history.length);
  await pointAt(page, 3, 4);
  await settled();
  await page.getByRole('listbox', { name: 'Neurons by contribution' }).getByRole('option').first().click();
  await expect.poll(() => new URL(page.url()).hash).toContain('neurons=');
  await stageOf(page).focus();
  await page.keyboard.press('Control+z');
  expect(await page.evaluate(() => history.length)).toBe(before);
  expect(new URL(page.url()).hash).toContain('neurons=');
  await close();
});
