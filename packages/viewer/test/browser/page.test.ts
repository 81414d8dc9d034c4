import { expect, test } from 'vitest';
import { browserBench } from './browser-bench.js';

const bench = browserBench();

test('shows a run, and says what it is', async () => {
  const { page, settled, screenshot, close } = await bench.open();
  await settled();
  expect(await page.title()).toBe('image · XINC');
  expect(await page.getByRole('combobox', { name: 'Run' }).locator('option').allTextContents()).toEqual([
    'image',
    'video',
    'custom',
  ]);
  expect(await page.getByRole('combobox', { name: 'Layer' }).locator('option').count()).toBe(3);
  await screenshot('image');
  await close();
});
