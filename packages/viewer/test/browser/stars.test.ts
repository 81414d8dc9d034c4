import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { publishFile } from '../../src/site/publish-file.js';
import { browserBench } from './browser-bench.js';
import { openViewer } from './open-viewer.js';

/* Stars with notes: in the run where there is a server, in the browser where a page was published. */

const bench = browserBench();
const stored = async () => JSON.parse(await readFile(join(bench.video.folder, 'stars.json'), 'utf8')).stars;

test('a neuron is starred, written about, found again and let go, all in the run', async () => {
  const { page, settled, view, close } = await bench.open('run=video&layer=block1&neuron=95&panel=stars', {
    viewport: { width: 1440, height: 6000 },
  });
  await settled();
  await page.getByText('No neuron has a star yet').waitFor();
  await page.getByRole('button', { name: 'Star of kernel 0→95 (95)' }).click();
  const note = page.getByRole('textbox', { name: 'Note about kernel 0→95 (95) of block1' });
  await note.fill('  the corner ');
  await note.press('Enter');
  await expect.poll(stored).toEqual([{ layer: 'block1', neuron: 95, note: 'the corner' }]);
  await page.getByRole('combobox', { name: 'Layer' }).selectOption('head');
  await page.getByRole('button', { name: 'Kernel 0→95 (95)', exact: true }).click();
  await expect.poll(() => view()).toMatchObject({ layer: 'block1', neuron: '95' });
  await page.reload();
  await settled();
  expect(await note.inputValue()).toBe('the corner');
  await page.getByRole('tab', { name: 'Neuron wall' }).click();
  await page.getByRole('option', { name: /^Kernel 0→95 \(95\).*, starred$/ }).waitFor();
  await page.getByRole('tab', { name: 'Stars' }).click();
  await page.getByRole('button', { name: /^Take the star of kernel 0→95/ }).click();
  await expect.poll(stored).toEqual([]);
  await close();
});

test('a star that another page gives appears, and one that cannot be written is said', async () => {
  const { page, settled, close } = await bench.open('run=video&layer=block1&neuron=2&panel=stars');
  await settled();
  const file = join(bench.video.folder, 'stars.json');
  await writeFile(file, JSON.stringify({ schema: 1, stars: [{ layer: 'gone', neuron: 7, note: '<b>old</b>' }] }));
  await page.getByText('Neuron 7: this network has none').waitFor();
  expect(await page.getByRole('textbox', { name: 'Note about neuron 7 of gone' }).inputValue()).toBe('<b>old</b>');
  await writeFile(file, '{');
  await page.getByText('stars.json is damaged: it is not JSON').waitFor();
  await rm(file);
  await page.getByText('No neuron has a star yet').waitFor();
  await close();
});

test('in a published page the author’s are shown, and a visitor’s own are kept in the browser and copied', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'xinc-stars-'));
  const author = { layer: 'layer2', neuron: 3, note: 'look here' };
  await bench.image.run.write('stars.json', JSON.stringify({ schema: 1, stars: [author] }));
  const out = join(folder, 'canvas.html');
  const { registry, image } = bench;
  const { notes } = await publishFile({ runs: [image.source], registry, version: '9.8.7', out });
  await bench.image.run.remove('stars.json');
  expect(notes).toContain('image: 1 star with what is written beside it can be read by whoever opens the page');
  const { page, settled, close } = await openViewer(bench.browser, pathToFileURL(out).href, {
    view: 'layer=layer1&neuron=4&panel=stars',
  });
  await settled();
  const row = page.getByRole('row').filter({ hasText: 'look here' });
  await row.getByText('by the author').waitFor();
  expect(await row.getByRole('textbox').count()).toBe(0);
  await page.getByText('This page was published. Stars that you give are kept in this browser alone').waitFor();
  await page.getByRole('button', { name: 'Star of neuron 4' }).click();
  const note = page.getByRole('textbox', { name: 'Note about neuron 4 of layer1' });
  await note.fill('mine');
  await note.press('Enter');
  await page.reload();
  await settled();
  expect(await note.inputValue()).toBe('mine');
  // Without a clipboard it is shown.
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await page.getByRole('button', { name: 'Copy as JSON' }).click();
  const text = await page.getByRole('textbox', { name: 'JSON to copy' }).inputValue();
  expect(JSON.parse(text)).toEqual({ schema: 1, stars: [{ layer: 'layer1', neuron: 4, note: 'mine' }] });
  await close();
  await rm(folder, { recursive: true, force: true });
});
