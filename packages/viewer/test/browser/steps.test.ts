import { expect, test } from 'vitest';
import { hostArticles } from './article-host.js';
import { browserBench } from './browser-bench.js';
import { drag, pointAt } from './on-screen.js';
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

test('an address that somebody wrote in another way is no step, nor one that is malformed', async () => {
  const { page, settled, view, close } = await bench.open('layer=layer1&neurons=3,4,5&region=x');
  await settled();
  await expect.poll(() => view().neurons).toBe('3-5');
  const before = await page.evaluate(() => history.length);
  await page.locator('[data-neuron="1"]').click();
  await expect.poll(() => view().neurons).toBe('1,3-5');
  expect(await page.evaluate(() => history.length)).toBe(before + 1);
  await page.goBack();
  await expect.poll(() => view().neurons).toBe('3-5');
  await settled();
  await page.goForward();
  await expect.poll(() => view().neurons).toBe('1,3-5');
  await close();
});

test('a panel in a frame leaves the history to the page around it', async () => {
  const articles = await hostArticles();
  try {
    const { origin, searchParams } = new URL(bench.address);
    const source = `${origin}/token/${searchParams.get('token')}/?embed=canvas#layer=layer1`;
    const { page, close } = await openViewer(bench.browser, articles.about(source, '800', '600'), {
      expected: /^Request to/,
    });
    const before = await page.evaluate(() => history.length);
    const frame = page.frameLocator('iframe');
    const stage = frame.getByRole('application');
    await stage.click();
    await frame.getByRole('listbox', { name: 'Neurons by contribution' }).getByRole('option').first().click();
    const hash = () => page.frames()[1].evaluate(() => location.hash);
    await expect.poll(hash).toContain('neurons=');
    await stage.focus();
    await page.keyboard.press('Control+z');
    // What comes after it has gone through: had the key gone back, the selection would be gone by then.
    await frame.getByRole('button', { name: /^Clear$/ }).click();
    await expect.poll(hash).not.toContain('neurons=');
    expect(await page.evaluate(() => history.length)).toBe(before);
    await close();
  } finally {
    await articles.close();
  }
});
