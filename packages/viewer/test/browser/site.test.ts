import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { encodeNpy } from '@xinc/core/formats';
import { switchOff } from '@xinc/core/trace';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PublishedSite, type PublishOptions, publishSite } from '../../src/site/publish-site.js';
import { browserBench } from './browser-bench.js';
import { accessibilityFaults, overflow } from './faults.js';
import { followPage, type OpenViewer } from './open-viewer.js';
import { PANELS_ALONE } from './places.js';
import { reference } from './reference.js';
import { hostFolder, type StaticHost } from './static-server.js';

/* A published site, on a plain web host below some path. What its pages trace is compared in tracing.test.ts. */

const bench = browserBench();
const expected = reference(bench);
let site: PublishedSite;
let host: StaticHost;

const publish = (out: string, more: Partial<PublishOptions> = {}) =>
  publishSite({
    runs: [bench.image.source, bench.video.source],
    registry: bench.registry,
    version: '9.8.7',
    out: join(bench.folder, out),
    ...more,
  });

beforeAll(async () => {
  const analysis = join(bench.image.folder, 'analysis', 'mine');
  await mkdir(analysis, { recursive: true });
  await mkdir(join(analysis, 'figures', 'map-layer2'), { recursive: true });
  const panels = [3, 5].map((n) => ({ title: `neuron ${n}`, kind: 'values', file: `figures/map-layer2/0${n}.npy` }));
  const figure = {
    kind: 'raster',
    name: 'map-layer2',
    title: 'Map',
    caption: `A map of ${bench.image.folder}.`,
    panels,
  };
  const told = { name: 'mine', title: 'Mine', description: '', options: {}, frames: [0], seconds: 1 };
  const nothing = { findings: [], omissions: [], tables: [], arrays: [] };
  const figures = [{ ...figure, file: 'analysis/mine/figures/map-layer2.svg' }];
  await writeFile(
    join(analysis, 'result.json'),
    JSON.stringify({ ...told, ...nothing, notes: [bench.image.folder], figures }),
  );
  for (const { file } of panels) {
    await writeFile(join(analysis, file), encodeNpy({ shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) }));
  }
  // What is drawn anew from its numbers, and not published itself.
  await writeFile(join(analysis, 'figures', 'map-layer2.svg'), '<svg><script>alert(1)</script></svg>');
  await writeFile(join(analysis, 'page.html'), '<script>alert(1)</script>');
  await writeFile(join(analysis, 'table.csv'), '<script>alert(1)</script>');
  site = await publish('site', {
    title: 'A <b>boat</b>',
    text: 'One.\n\nTwo & three.',
    links: [{ title: 'The paper', address: 'https://example.org/paper' }],
    baseUrl: 'https://example.org/canvas',
    reports: [
      { title: 'Study', html: Buffer.from('<p id="report">Report</p><script>document.title = "run"</script>') },
    ],
    zip: true,
  });
  host = await hostFolder(join(bench.folder, 'site'), '/below/some/path/');
});
afterAll(() => host?.close());

async function open(
  path: string,
  colorScheme: 'light' | 'dark' = 'light',
  width = 1400,
  expected?: RegExp,
): Promise<OpenViewer> {
  const context = await bench.browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const opened = followPage(await context.newPage(), host.address, expected);
  host.sent.clear();
  await opened.page.goto(`${host.address}${path}`);
  return opened;
}

const bodies = () => [...host.sent.values()].reduce((sum, size) => sum + size, 0);

test('the first page shows the texts as they are, and leads to each run', async () => {
  const { page, close, screenshot, settled } = await open('', 'light');
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('A <b>boat</b>');
  expect(await page.getByRole('paragraph').allTextContents()).toContain('Two & three.');
  expect(await page.getByRole('link', { name: 'The paper' }).getAttribute('href')).toBe('https://example.org/paper');
  const image = page.locator('meta[property="og:image"]');
  expect(await image.getAttribute('content')).toBe('https://example.org/canvas/preview.jpg');
  expect(await accessibilityFaults(page)).toEqual([]);
  await screenshot('site-front');
  await page.getByRole('link', { name: 'video' }).click();
  await settled();
  expect(await page.title()).toBe('video · XINC');
  await close();
});

test.each([
  ['image', 0],
  ['video', 1],
] as const)('%s, frame %i: drawn in the page as the network draws it, from few bytes', async (name, frame) => {
  const { page, settled, close, screenshot } = await open(`view/index.html#run=${name}&frame=${frame}`);
  await settled();
  const psnr = await expected.psnr(bench[name], frame);
  await page.getByText(psnr, { exact: true }).first().waitFor();
  expect(bodies()).toBeLessThan(site.runs.find((run) => run.name === name)!.loads.opening + 1);
  await screenshot(`site-${name}`);
  await close();
});

test('all panels but switching off load no more than the command says', async () => {
  const { page, settled, close } = await open('view/index.html#run=image');
  await settled();
  for (const tab of await page.getByRole('tab').all()) {
    // What a run is compared with is another's.
    if (/off|Compare/.test((await tab.textContent())!)) continue;
    await tab.click();
    await settled();
  }
  await page.getByRole('tab', { name: 'Analyses' }).click();
  await page.getByRole('img', { name: 'Map. A map' }).scrollIntoViewIfNeeded();
  await settled();
  const { loads } = site.runs.find(({ name }) => name === 'image')!;
  expect(bodies()).toBeLessThan(loads.panels + 1);
  // The script of charts is loaded with a chart or a picture, and is half of it.
  expect(bodies()).toBeGreaterThan(0.8 * loads.panels);
  await close();
});

test('a picture made of maps is drawn from its numbers, and its maps select their neurons', async () => {
  const { page, settled, close, view, screenshot } = await open(
    'view/index.html#run=image&layer=layer2&panel=analyses',
  );
  await settled();
  await page.getByRole('button', { name: /^neuron 5$/i }).click();
  await expect.poll(view).toMatchObject({ layer: 'layer2', neurons: '5' });
  expect(await page.getByRole('img', { name: 'Map. A map' }).getAttribute('alt')).toBe('Map. A map of ….');
  await screenshot('site-raster');
  await close();
});

test('a file that is missing is named', async () => {
  const name = 'runs/video/frames/1/signal.npy.bin';
  const { page, close } = await open('view/index.html#run=image', 'light', 1400, /404/);
  await page.route(`**/${name}`, (route) => route.fulfill({ status: 404 }));
  await page.goto(`${host.address}view/index.html#run=video&frame=1`);
  await page.reload();
  await page.getByText(`A file of this site could not be loaded: ${name}, 404`).first().waitFor();
  await close();
});

test('neurons are switched off, by the runtime that is loaded only then', async () => {
  const { page, settled, close } = await open('view/index.html#run=image&layer=layer2&neurons=0,3&panel=off');
  await settled();
  const isRuntime = (path: string) => /\.wasm\.bin$/.test(path);
  expect([...host.sent.keys()].some(isRuntime)).toBe(false);
  const before = bodies();
  await page
    .getByRole('button', { name: /^Switch off/ })
    .first()
    .click();
  const weights = switchOff(await expected.network(bench.image), 'layer2', [0, 3]);
  const psnr = await expected.psnr(bench.image, 0, weights);
  await page.locator('strong', { hasText: psnr }).first().waitFor();
  expect([...host.sent.keys()].filter(isRuntime)).toHaveLength(1);
  expect(bodies() - before).toBeLessThan(site.runs.find(({ name }) => name === 'image')!.loads.switchingOff + 1);
  await close();
});

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test.each([2560, 1400, 390])('at %i px axe finds nothing wrong, and nothing hangs over', async (width) => {
    for (const path of ['', 'view/index.html']) {
      const { page, settled, close, screenshot } = await open(path, colorScheme, width);
      if (path !== '') await settled();
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await overflow(page)).toEqual([]);
      await screenshot(`site-${path === '' ? 'front' : 'view'}-${colorScheme}-${width}`);
      await close();
    }
  });
});

test.each(['light', 'dark'] as const)('every panel, %s: axe finds nothing wrong', async (colorScheme) => {
  const view = 'run=video&frame=1&layer=block2&pixel=7,3&neuron=2&neurons=2,3&other=image&off=block2:7';
  const { page, settled, close } = await open(`view/index.html#${view}`, colorScheme);
  await settled();
  const faults: [string, string[]][] = [];
  for (const tab of await page.getByRole('tab').all()) {
    await tab.click();
    await page.locator('.waiting').waitFor({ state: 'detached' });
    await settled();
    faults.push([(await tab.textContent())!, await accessibilityFaults(page)]);
  }
  expect(faults.length).toBeGreaterThan(7);
  expect(faults.filter(([, found]) => found.length > 0)).toEqual([]);
  await close();
});

test.each(PANELS_ALONE)('alone, the panel %s: axe finds nothing wrong in either theme', async (panel) => {
  // The run of the image has a figure.
  const view =
    panel === 'figure' ? 'run=image' : 'run=video&frame=1&layer=block2&pixel=7,3&neuron=2&neurons=2,3&other=image';
  const { page, settled, close } = await open(`view/index.html?embed=${panel}#${view}&theme=light`, 'light', 640);
  for (const theme of ['light', 'dark']) {
    await page.evaluate((text) => {
      location.hash = text;
    }, `${view}&theme=${theme}`);
    await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe(theme);
    await settled();
    expect(await accessibilityFaults(page)).toEqual([]);
  }
  await close();
});

test('a report of a study is shown, and nothing of it is executed', async () => {
  const context = await bench.browser.newContext();
  const page = await context.newPage();
  await page.goto(`${host.address}reports/report-1.html`);
  expect(await page.locator('#report').textContent()).toBe('Report');
  expect(await page.title()).toBe('');
  await context.close();
});

test('names are those that every host serves; nothing that a host may execute, and no path of this machine, comes from a run', async () => {
  const folder = join(bench.folder, 'site');
  const paths = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  for (const { name } of paths) expect(name).toMatch(/^[^._]/);
  const ofRuns = paths.filter((entry) => entry.parentPath.includes('runs'));
  for (const { name, parentPath } of ofRuns) {
    expect(name).toMatch(/\.(bin|webp)$/);
    expect(join(parentPath, name).slice(folder.length)).toMatch(/^[a-z0-9=./\\-]+$/);
    const bytes = await readFile(join(parentPath, name));
    const held = name.endsWith('.bin') ? gunzipSync(bytes) : bytes;
    for (const never of [bench.folder, '<script']) expect(held.includes(never)).toBe(false);
  }
  expect((await readFile(site.zip!)).subarray(0, 2).toString()).toBe('PK');
});

test('a folder that is no site is left as it is, and a site is replaced', async () => {
  const folder = join(bench.folder, 'mine');
  await mkdir(folder);
  await writeFile(join(folder, 'thesis.txt'), 'ten years');
  await expect(publish('mine', { page: bench.page })).rejects.toThrow(
    /mine is there already, and is no site of XINC: it is left as it is\. Give/,
  );
  expect(await readdir(folder)).toEqual(['thesis.txt']);
  await publish('twice', { page: bench.page });
  await writeFile(join(bench.folder, 'twice', 'left-over.txt'), '');
  await publish('twice', { runs: [bench.image.source], page: bench.page });
  expect(await readdir(join(bench.folder, 'twice', 'runs'))).toEqual(['image']);
  expect(await readdir(join(bench.folder, 'twice'))).not.toContain('left-over.txt');
});

test('what only a plugin traces is left out, and said', async () => {
  const { notes } = await publish('plugin', { runs: [bench.custom.source], page: bench.page });
  expect(notes).toEqual([
    "custom: layer 'ramps' is left out: its plugin traces it by itself, which needs the program that has the plugin",
  ]);
  const view = JSON.parse(gunzipSync(await readFile(join(bench.folder, 'plugin/runs/custom/run.json.bin'))).toString());
  expect(view.layers).toEqual([]);
  expect(view.untraced).toEqual([{ id: 'ramps', why: expect.stringContaining('plugin') }]);
});

test('an address that is none is refused before anything is written', async () => {
  await expect(publish('none', { baseUrl: 'example.org' })).rejects.toThrow(
    'example.org is no address of the web. Write it whole, as https://example.org/canvas/.',
  );
  await expect(publish('none', { links: [{ title: 'x', address: 'javascript:alert(1)' }] })).rejects.toThrow(
    'javascript:alert(1) is no address of the web',
  );
});
