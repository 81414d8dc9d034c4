import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { initializeParameters } from '@xinc/core/trace';
import ffn from '@xinc/model-ffn';
import { expect, test } from 'vitest';
import { ask } from '../server/ask.js';
import { type MadeRun, makeRun } from '../server/made-runs.js';
import { browserBench } from './browser-bench.js';
import { overflow } from './faults.js';
import { type OpenViewer, openViewer } from './open-viewer.js';
import { reference } from './reference.js';

/* What comes from strangers, breaks, or changes while it is open. */

const bench = browserBench();
const expected = reference(bench);

const ATTACK = `"><img src=x onerror="window.hit=1"><script>window.hit=1</script><svg onload=window.hit=1>\${1}{{x}}&lt;\u202e`;

/** Whether any of it became more than text. */
const struck = ({ page }: OpenViewer) =>
  page.evaluate(() => ({
    hit: 'hit' in window,
    elements: document.querySelectorAll('img[src=x], script:not([src]), svg[onload], [onerror]').length,
  }));

/** The address of a viewer of one made run, which a test may spoil. */
async function spoilable(name: string): Promise<{ made: MadeRun; address: string }> {
  const made = await makeRun(join(bench.folder, name), ffn, { width: 8, fourierFeatures: 4 }, bench.engine);
  return { made, address: (await bench.serve({ runs: [made.source, bench.video.source] })).address };
}

test('script in every name, label and text of a run stays text', async () => {
  const { source } = bench.image;
  const hostile = {
    ...source,
    name: ATTACK,
    async model(run: MadeRun['run']) {
      const { inr } = await source.model(run);
      return { title: ATTACK, inr: { ...inr, layers: inr.layers.map((layer) => ({ ...layer, label: ATTACK })) } };
    },
    async labels(...asked: Parameters<typeof source.labels>) {
      const map = await source.labels(...asked);
      return map && { ...map, groups: map.groups.map(() => ({ name: ATTACK, category: ATTACK, color: ATTACK })) };
    },
  };
  const { address } = await bench.serve({ runs: [hostile, bench.video.source] });
  const opened = await openViewer(bench.browser, address, { view: 'pixel=4,5&neuron=3&neurons=1-4' });
  const { page, settled, screenshot, close } = opened;
  await settled();
  expect(await page.title()).toContain('<img src=x');
  const tabs = page.getByRole('tab');
  for (let i = 0; i < (await tabs.count()); i++) {
    await tabs.nth(i).click();
    await settled();
    expect(await struck(opened)).toEqual({ hit: false, elements: 0 });
    // However long a name is, the page keeps its shape.
    expect(await overflow(page)).toEqual([]);
  }
  await screenshot('attack-names');
  await close();
});

test('script in an address stays text', async () => {
  const hostile = encodeURIComponent(ATTACK);
  const opened = await bench.open(
    `run=${hostile}&layer=${hostile}&panel=${hostile}&grouping=${hostile}&other=${hostile}&off=${hostile}:1&theme=${hostile}`,
  );
  await opened.settled();
  expect(await struck(opened)).toEqual({ hit: false, elements: 0 });
  await opened.close();
});

test('a run that is broken from the start is named with its fault, and another is shown', async () => {
  const { made, address } = await spoilable('broken');
  await writeFile(made.run.file('run.json'), '{"schema": 1');
  const { page, settled, screenshot, close } = await openViewer(bench.browser, address, { expected: /status of 422/ });
  await settled();
  expect(await page.title()).toBe('video · XINC');
  const options = page.getByRole('combobox', { name: 'Run' }).locator('option');
  expect(await options.first().textContent()).toContain('it is not JSON');
  await screenshot('attack-broken-run');
  await close();
});

test('weights that are cut short are said to be, and the picture returns with them', async () => {
  const { made, address } = await spoilable('cut');
  const path = made.run.file('weights.safetensors');
  const whole = await made.run.read('weights.safetensors', 2 ** 20);
  const { page, settled, screenshot, close } = await openViewer(bench.browser, address, {
    view: 'run=cut&pixel=3,4',
    expected: /status of (422|404)/,
  });
  await settled();
  await writeFile(path, whole.subarray(0, 200));
  await expect.poll(() => page.getByText(/weights\.safetensors/).count(), { timeout: 20_000 }).toBeGreaterThan(0);
  await screenshot('attack-cut-weights');
  await writeFile(path, whole);
  await expect.poll(() => page.getByText(/weights\.safetensors/).count(), { timeout: 20_000 }).toBe(0);
  await settled();
  expect(await page.title()).toBe('cut · XINC');
  await close();
});

test('a run that is taken away and brought back', async () => {
  const { made, address } = await spoilable('moved');
  const { page, settled, close } = await openViewer(bench.browser, address, {
    view: 'run=moved',
    expected: /status of 404/,
  });
  await settled();
  await rename(made.folder, `${made.folder}-elsewhere`);
  await expect.poll(() => page.getByText(/does not exist/).count(), { timeout: 20_000 }).toBeGreaterThan(0);
  await rename(`${made.folder}-elsewhere`, made.folder);
  await expect.poll(() => page.getByText(/does not exist/).count(), { timeout: 20_000 }).toBe(0);
  await settled();
  await close();
});

test('weights that change many times while the page traces them leave the last ones on screen', async () => {
  const { made, address } = await spoilable('restless');
  const opened = await openViewer(bench.browser, address, {
    view: 'run=restless&layer=layer2&pixel=3,4&neuron=2',
    // An older version may be refused; the page asks for the run again.
    expected: /status of 409/,
  });
  await opened.settled();
  const asked: string[] = [];
  opened.page.context().on('request', (request) => asked.push(request.url()));
  for (let seed = 0; seed < 12; seed++) {
    await made.run.writeWeights(initializeParameters(made.inr.parameters, seed));
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  const newest = (await ask(address, '/api/runs/restless')).json<{ weightsVersion: number }>();
  await expect
    .poll(() => asked.filter((url) => url.includes('layer2/source')).at(-1) ?? '', { timeout: 20_000 })
    .toContain(`v=${newest.weightsVersion}`);
  await opened.settled();
  expect(await opened.page.getByRole('alert').count()).toBe(0);
  await opened.close();
});

test('twenty tabs all load, and all hear of a change', async () => {
  const { made, address } = await spoilable('tabs');
  const context = await bench.browser.newContext({ viewport: { width: 1280, height: 720 } });
  const pages = await Promise.all(Array.from({ length: 20 }, () => context.newPage()));
  const complaints: string[] = [];
  for (const page of pages) {
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  }
  await Promise.all(pages.map((page) => page.goto(`${address}#run=tabs`, { waitUntil: 'commit', timeout: 100_000 })));
  await Promise.all(
    pages.map((page) => page.waitForFunction(() => document.title.startsWith('tabs'), null, { timeout: 100_000 })),
  );
  const weights = initializeParameters(made.inr.parameters, 99);
  await made.run.writeWeights(weights);
  const psnr = await expected.psnr(made, 0, weights);
  await Promise.all(
    pages.map((page) => page.getByRole('banner').getByText(psnr, { exact: true }).waitFor({ timeout: 100_000 })),
  );
  await context.close();
  expect(complaints).toEqual([]);
}, 180_000);
