import { describe, expect, test } from 'vitest';
import { browserBench } from './browser-bench.js';
import { accessibilityFaults, overflow } from './faults.js';
import { pointAt, stageOf } from './on-screen.js';
import { openViewer } from './open-viewer.js';
import { reference } from './reference.js';

const bench = browserBench();
const expected = reference(bench);

test('shows the first run, and says what it is', async () => {
  const { page, settled, view, close } = await bench.open();
  await settled();
  expect(await page.title()).toBe('image · XINC');
  const [runs, layers] = ['Run', 'Layer'].map((name) => page.getByRole('combobox', { name }));
  expect(await runs.locator('option').allTextContents()).toEqual(['image', 'video', 'custom']);
  expect(await layers.locator('option').count()).toBe(3);
  const psnr = await expected.psnr(bench.image, 0);
  expect(await page.getByRole('banner').getByText(psnr, { exact: true }).count()).toBe(1);
  expect(view()).toEqual({});
  await close();
});

test('another run and layer are chosen, and go to the address', async () => {
  const { page, settled, view, close } = await bench.open();
  await settled();
  await page.getByRole('combobox', { name: 'Run' }).selectOption('video');
  await page.waitForFunction(() => document.title.startsWith('video'));
  await page.getByRole('combobox', { name: 'Layer' }).selectOption('block2');
  await page.getByRole('slider', { name: 'Frame' }).fill('1');
  await expect.poll(view).toEqual({ run: 'video', layer: 'block2', frame: '1' });
  expect(await page.getByText('1 of 0–1', { exact: true }).isVisible()).toBe(true);
  await settled();
  await close();
});

test('one stream of events serves all runs', async () => {
  const { page, settled, close } = await bench.open();
  await settled();
  await page.evaluate(() => {
    window.SharedWorker = class extends SharedWorker {
      constructor(...values: ConstructorParameters<typeof SharedWorker>) {
        super(...values);
        document.body.dataset.joined = 'again';
      }
    };
  });
  await page.getByRole('combobox', { name: 'Run' }).selectOption('video');
  await page.waitForFunction(() => document.title.startsWith('video'));
  await settled();
  await page.getByRole('tab', { name: 'Time' }).click();
  await bench.video.run.update({ metrics: { psnr: 27.25, framePsnr: [27.25, 27.25] } });
  await page.getByRole('region', { name: 'PSNR of each frame' }).getByText('27.25 dB').waitFor();
  expect(await page.locator('body').getAttribute('data-joined')).toBe(null);
  await close();
});

test('an address brings back what it was taken from', async () => {
  const { page, settled, view, close } = await bench.open(
    'run=video&frame=1&layer=block2&pixel=7,3&region=rectangle:2,3,4,5&neuron=9&neurons=3,9-11&scale=shared&theme=dark',
  );
  await settled();
  const before = view();
  expect(before).toMatchObject({ run: 'video', pixel: '7,3', neurons: '3,9-11', theme: 'dark' });
  await page.reload();
  await settled();
  expect(await page.title()).toBe('video · XINC');
  expect(await page.getByRole('combobox', { name: 'Layer' }).inputValue()).toBe('block2');
  expect(await page.getByRole('slider', { name: 'Frame' }).inputValue()).toBe('1');
  expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
  expect(view()).toEqual(before);
  await close();
});

test('what panels show comes back from the address too', async () => {
  const { page, settled, view, close } = await bench.open('panel=training&neurons=1,2&region=rectangle:2,3,4,5');
  await settled();
  const radio = (group: string, name: string) =>
    page.getByRole('group', { name: group, exact: true }).getByRole('radio', { name, exact: true });
  // A region that the address brings is what a person wants to know about.
  expect(await radio('What is ranked', 'Region').isChecked()).toBe(true);
  const chosen = [
    ['What is ranked', 'Groups'],
    ['Measure', 'total'],
    ['Axis of steps', 'log steps'],
  ] as const;
  for (const [group, name] of chosen) await radio(group, name).check({ force: true });
  await expect.poll(view).toMatchObject({ ranked: 'groups', measure: 'total', steps: 'log' });
  await page.reload();
  await settled();
  for (const [group, name] of chosen) expect(await radio(group, name).isChecked(), group).toBe(true);
  await close();
});

test.each([
  [
    'names nothing that there is',
    'run=gone&layer=block77&frame=9999999&pixel=5000,5000&neuron=999999&neurons=0-999998&panel=none&grouping=x&other=y&embedding=z&analysis=constructor',
  ],
  [
    'is malformed',
    'run=%E0%A4&layer=&frame=-1&pixel=NaN&region=lasso:1&neurons=9-3&off=::;&opacity=1e9&split=999&theme=pink&%',
  ],
  ['is of another kind of run', 'run=image&layer=block1&frame=7&off=block1:0-5&neurons=1'],
])('an address that %s shows the run all the same', async (_, view) => {
  const { page, settled, close } = await bench.open(view);
  await settled();
  expect(await page.title()).toBe('image · XINC');
  expect(await page.getByRole('alert').count()).toBe(0);
  await close();
});

test('an address with a run that is not here says so', async () => {
  const { page, settled, close } = await bench.open('run=boat');
  await settled();
  await page.getByText("There is no run 'boat' here; there are image, video, custom", { exact: true }).waitFor();
  await page.getByRole('combobox', { name: 'Run' }).selectOption('video');
  await expect.poll(() => page.getByText('There is no run').count()).toBe(0);
  await close();
});

test('going back in the address bar goes back in the page', async () => {
  const { page, settled, close } = await bench.open('layer=layer3');
  await settled();
  await page.evaluate(() => {
    location.hash = 'layer=layer2&neuron=4';
  });
  const layer = page.getByRole('combobox', { name: 'Layer' });
  await expect.poll(() => layer.inputValue()).toBe('layer2');
  await page.goBack();
  await expect.poll(() => layer.inputValue()).toBe('layer3');
  await settled();
  await close();
});

test('says that the server has gone, and goes on when it is back', async () => {
  // With a token of its own at each start, the printed address is to be opened again.
  const first = await bench.serve({ token: false });
  const { page, settled, close } = await openViewer(bench.browser, first.address, { expected: /net::ERR_/ });
  await settled();
  const said = page.getByText('The server does not answer', { exact: true });
  await first.close();
  await expect.poll(() => said.isVisible(), { timeout: 15_000 }).toBe(true);
  const again = await bench.serve({ port: Number(new URL(first.address).port), token: false });
  await expect.poll(() => said.count(), { timeout: 20_000 }).toBe(0);
  await settled();
  await page.goto('about:blank');
  await again.close();
  await close();
});

test('says that the viewer was restarted, with another token, and where its address is', async () => {
  const first = await bench.serve();
  const { page, settled, close } = await openViewer(bench.browser, first.address, { expected: /net::ERR_|401/ });
  await settled();
  await first.close();
  const again = await bench.serve({ port: Number(new URL(first.address).port) });
  const said = page.getByText('The viewer was restarted. Open its new address, which is printed where it was started');
  await expect.poll(() => said.first().isVisible(), { timeout: 20_000 }).toBe(true);
  await page.goto(again.address);
  await settled();
  expect(await said.count()).toBe(0);
  await page.goto('about:blank');
  await again.close();
  await close();
});

describe('reading and reaching everything', () => {
  test.each(['light', 'dark'] as const)('%s: axe finds nothing wrong', async (colorScheme) => {
    for (const view of ['', 'run=video&frame=1&layer=block2&pixel=7,3']) {
      const { page, settled, close } = await bench.open(view, { colorScheme });
      await settled();
      expect(await page.locator('html').getAttribute('data-theme')).toBe(colorScheme);
      expect(await accessibilityFaults(page)).toEqual([]);
      await close();
    }
  });

  test.each([
    [1280, 720, 1],
    [1440, 900, 2],
    [3840, 2160, 1],
    [5120, 1440, 1],
  ])('fits into %i × %i', async (width, height, deviceScaleFactor) => {
    const { page, settled, screenshot, close } = await bench.open('run=video&layer=block2&pixel=7,3&neuron=2', {
      viewport: { width, height },
      deviceScaleFactor,
      colorScheme: 'dark',
    });
    await settled();
    expect(await overflow(page)).toEqual([]);
    await screenshot(`size-${width}x${height}`);
    await close();
  });

  test.each([
    [360, 'light'],
    [420, 'dark'],
    [768, 'light'],
  ] as const)('in a window %i pixels wide all is one column, %s', async (width, colorScheme) => {
    const { page, settled, screenshot, close } = await bench.open('run=video&frame=1&layer=block2&neuron=2', {
      viewport: { width, height: 800 },
      colorScheme,
    });
    await settled();
    const room = page.locator('.page');
    expect(await room.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
    expect((await stageOf(page).boundingBox())!.width).toBeGreaterThan(0.9 * width);
    expect((await page.getByRole('combobox', { name: 'Run' }).boundingBox())!.width).toBeGreaterThan(60);
    const psnr = (await page.getByRole('banner').getByText(/\sdB$/).boundingBox())!;
    expect(psnr.x + psnr.width).toBeLessThanOrEqual(width);
    await pointAt(page, 7, 12);
    await page.getByRole('heading', { name: 'Row 7, column 12' }).waitFor();
    await screenshot(`narrow-${width}`);
    for (const name of await page.getByRole('tab').allTextContents()) {
      await page.getByRole('tab', { name }).click();
      await settled();
      const panel = page.getByRole('tabpanel');
      expect(
        await panel.evaluate((element) => [element.scrollWidth - element.clientWidth, element.clientHeight > 300]),
      ).toEqual([0, true]);
    }
    expect(await accessibilityFaults(page)).toEqual([]);
    await close();
  });

  test('the theme is changed by its button, and back', async () => {
    const { page, settled, view, close } = await bench.open('', { colorScheme: 'dark' });
    await settled();
    const button = page.getByRole('button', { name: /^Colours/ });
    const theme = () => page.locator('html').getAttribute('data-theme');
    expect(await theme()).toBe('dark');
    await button.click();
    await expect.poll(theme).toBe('light');
    await expect.poll(view).toEqual({ theme: 'light' });
    await page.emulateMedia({ colorScheme: 'light' });
    await button.click();
    await expect.poll(theme).toBe('dark');
    await button.click();
    await expect.poll(theme).toBe('light');
    await expect.poll(view).toEqual({});
    await close();
  });

  test('the divider is moved by keys, within its limits', async () => {
    const { page, settled, view, close } = await bench.open();
    await settled();
    const divider = page.getByRole('separator', { name: 'Height of the canvas' });
    const height = async () => (await page.locator('#canvas').boundingBox())!.height;
    await divider.focus();
    const before = await height();
    await page.keyboard.press('ArrowDown');
    expect(await height()).toBeGreaterThan(before);
    await page.keyboard.press('End');
    await expect.poll(view).toEqual({ split: '85' });
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Home');
    await expect.poll(view).toEqual({ split: '20' });
    expect(await height()).toBeLessThan(before);
    await close();
  });

  test('keys of the browser are left to it', async () => {
    const { page, settled, close } = await bench.open('pixel=7,3');
    await settled();
    const taken = (keys: Record<string, string | boolean>[]) =>
      page.evaluate((keys) => {
        const options = { bubbles: true, cancelable: true };
        const takes = (node: Element) =>
          keys.some((key) => !node.dispatchEvent(new KeyboardEvent('keydown', { ...key, ...options })));
        return [...document.querySelectorAll('[role]')].filter(takes).map((node) => node.role);
      }, keys);
    const keys = ['ArrowLeft', 'ArrowDown', 'Home', 'End', 'Enter', ' '];
    for (const modifier of ['altKey', 'ctrlKey', 'metaKey']) {
      expect(await taken(keys.map((key) => ({ key, [modifier]: true }))), modifier).toEqual([]);
    }
    const unmodified = await taken(keys.map((key) => ({ key })));
    expect(unmodified).toEqual(expect.arrayContaining(['application', 'separator', 'tablist', 'listbox']));
    await close();
  });

  test('the first keys lead to the canvas and to the panels', async () => {
    const { page, settled, close } = await bench.open();
    await settled();
    const focused = () => page.evaluate(() => document.activeElement!.id);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('canvas');
    await page.reload();
    await settled();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('dock');
    await close();
  });
});
