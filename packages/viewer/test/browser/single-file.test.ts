import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { meanSquaredError, psnrOfError } from '@xinc/core';
import { clampFrame, switchOff } from '@xinc/core/trace';
import { beforeAll, expect, test } from 'vitest';
import { formatPsnr } from '../../../viewer-page/src/color/number-format.js';
import { publishFile } from '../../src/site/publish-file.js';
import { browserBench } from './browser-bench.js';
import { openViewer } from './open-viewer.js';
import { reference } from './reference.js';

/* Runs in one HTML file, opened from disk. What its page shows is compared in everywhere.test.ts. */

const bench = browserBench();
const expected = reference(bench);
let address: string;

const publish = (out: string) =>
  publishFile({
    runs: [bench.image.source, bench.video.source],
    registry: bench.registry,
    version: '9.8.7',
    out: join(bench.folder, out),
    title: 'A "boat" <b>',
  });

beforeAll(async () => {
  const { out, notes } = await publish('canvas.html');
  expect(notes).toEqual(['The panel of @test/plugins is left out: a page from disk loads no scripts']);
  address = pathToFileURL(out).href;
});

test('switches neurons off', async () => {
  const { page, settled, close } = await openViewer(bench.browser, address, {
    view: 'run=image&layer=layer2&off=layer2:0,3&panel=off',
  });
  const network = await expected.network(bench.image);
  const drawn = clampFrame(await network.reconstruct(0, switchOff(network, 'layer2', [0, 3])));
  const psnr = formatPsnr(psnrOfError(meanSquaredError(drawn, bench.image.frame(0))));
  await page.getByRole('region', { name: 'Effect' }).locator('strong', { hasText: psnr }).waitFor();
  await page.getByText('WebAssembly, 1 thread').waitFor();
  await settled();
  await close();
});

test('shows one panel alone, and leads to the whole file', async () => {
  const { page, settled, close } = await openViewer(bench.browser, `${address}?embed=wall`, { view: 'layer=layer3' });
  await settled();
  await page.getByRole('listbox', { name: /^Neurons of/ }).waitFor();
  expect(await page.getByRole('tab').count()).toBe(0);
  const link = await page.getByRole('link', { name: 'Open in XINC' }).getAttribute('href');
  expect(link).toBe(`${address}#run=image&layer=layer3`);
  await close();
});

test('replaces a file that was written so, and no other', async () => {
  await publish('again.html');
  await publish('again.html');
  const other = join(bench.folder, 'other.html');
  await writeFile(other, '<p>Mine</p>');
  await expect(publish('other.html')).rejects.toMatchObject({
    code: 'conflict',
    message: `${other} is there already, and was not written so: it is left as it is. Give another file, or remove it.`,
  });
});
