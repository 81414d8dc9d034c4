import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ArticleHost, hostArticles } from './article-host.js';
import { browserBench } from './browser-bench.js';
import { accessibilityFaults } from './faults.js';
import { writeFigures } from './made-figures.js';
import { followPage, type OpenViewer, openViewer, settle } from './open-viewer.js';
import { PANELS_ALONE } from './places.js';

/* One panel alone in a page of another site, and the links that lead to it. */

const bench = browserBench();
let articles: ArticleHost;
beforeAll(async () => {
  await writeFigures(bench.image);
  articles = await hostArticles();
});
afterAll(() => articles?.close());

/** The address of a panel alone, as a viewer's page copies it. */
function embedded(address: string, panel: string, view = ''): string {
  const { origin, searchParams } = new URL(address);
  return `${origin}/token/${searchParams.get('token')}/?embed=${panel}#${view}`;
}

/** Opens an article that shows a page in a frame. */
async function openArticle(source: string, expected?: RegExp): Promise<OpenViewer & { readonly frame: Frame }> {
  const context = await bench.browser.newContext({ viewport: { width: 390, height: 560 } });
  const opened = followPage(
    await context.newPage(),
    source,
    new RegExp(`^Request to ${articles.site}${expected ? `|${expected.source}` : ''}`),
  );
  await opened.page.goto(articles.about(source));
  const frame = opened.page.frames()[1];
  return { ...opened, frame };
}

describe('in an article of another site', () => {
  test.each([
    ['canvas', 'layer=layer2&pixel=7,3&neuron=2', 'Row 7, column 3'],
    ['wall', 'layer=layer2', '10 neurons'],
    ['figure', 'analysis=drawn&figure=second', 'The second figure'],
  ])('%s is shown as the address says, and leads to the whole page', async (panel, view, said) => {
    const { page, frame, screenshot, close } = await openArticle(embedded(bench.address, panel, view));
    await frame.getByText(said).first().waitFor();
    await settle(frame);
    expect(await frame.getByRole('banner').count()).toBe(0);
    expect(await frame.getByRole('tab').count()).toBe(0);
    expect(await frame.getByRole('button', { name: 'Embed' }).count()).toBe(0);
    expect(await frame.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(300);
    const link = (await frame.getByRole('link', { name: 'Open in XINC' }).getAttribute('href'))!;
    expect(link.split('#')[0]).toBe(bench.address);
    for (const part of view.split('&')) expect(link).toContain(part);
    await screenshot(`embed-${panel}`);
    await page.goto('about:blank');
    await close();
  });

  test.each([
    ['canvas', 'layer=layer2&neuron=2', 'Pointer'],
    ['wall', 'layer=layer2', 'Sort by'],
    ['embedding', 'layer=layer2', 'Colour by'],
  ])(
    'the controls of %s leave nine tenths of a narrow frame to what it shows, until they are asked for',
    async (panel, view, control) => {
      const { page, frame, close } = await openArticle(embedded(bench.address, panel, view));
      await settle(frame);
      const controls = frame
        .getByRole('radiogroup', { name: control })
        .or(frame.getByRole('group', { name: control }))
        .first();
      const height = await frame
        .locator('.panel > header')
        .first()
        .evaluate((header) => header.getBoundingClientRect().height);
      expect(height).toBeLessThanOrEqual(42);
      expect(await controls.isVisible()).toBe(false);
      await frame.getByRole('button', { name: 'Controls' }).click();
      await controls.waitFor();
      await page.goto('about:blank');
      await close();
    },
  );

  test('what is pointed at in the frame is ranked there', async () => {
    const { page, frame, close } = await openArticle(embedded(bench.address, 'canvas', 'layer=layer2'));
    await settle(frame);
    await frame.getByRole('application').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await frame.getByRole('heading', { name: /^Row \d+, column \d+$/ }).waitFor();
    await page.goto('about:blank');
    await close();
  });

  test('the whole page is not shown, nor a panel without the token', async () => {
    for (const source of [bench.address, embedded(bench.address, 'wall').replace(/token\/[^/]*\//, '')]) {
      const { page, close } = await openArticle(source, /403|frame|ancestors|X-Frame|ERR_BLOCKED/);
      await expect
        .poll(() =>
          page
            .frames()[1]
            .evaluate(() => document.querySelector('#app'))
            .catch(() => null),
        )
        .toBe(null);
      await page.goto('about:blank');
      await close();
    }
  });
});

test('a panel that there is not is named, with those that there are', async () => {
  const address = embedded(bench.address, 'wal');
  const { page, close } = await openViewer(bench.browser, address.split('#')[0]);
  const said = page.getByRole('alert');
  await said.waitFor();
  expect(await said.textContent()).toBe(
    "There is no panel 'wal' to show alone; there are PANELS, plugin:@test/plugins".replace(
      'PANELS',
      PANELS_ALONE.join(', '),
    ),
  );
  await close();
});

test('a run that there is not is named, and no other is shown for it', async () => {
  const { page, close } = await openViewer(bench.browser, embedded(bench.address, 'wall', 'run=boat'));
  await page.getByRole('alert').waitFor();
  expect(await page.getByRole('alert').textContent()).toBe(
    "There is no run 'boat' here; there are image, video, custom",
  );
  expect(await page.getByRole('listbox').count()).toBe(0);
  await close();
});

describe('copying links', () => {
  test('the whole view, with port and token, opens in a browser that was not there', async () => {
    const { page, settled, close } = await bench.open('layer=layer2&neuron=4', {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await settled();
    const button = page.getByRole('button', { name: 'Copy link' });
    expect(await button.getAttribute('title')).toContain('whoever has it and reaches this machine can read the run');
    await button.click();
    await page.getByRole('status').getByText('Copied').waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    await close();
    expect(link).toBe(`${bench.address}#run=image&layer=layer2&neuron=4`);
    const again = await openViewer(bench.browser, link);
    await again.settled();
    expect(again.view()).toMatchObject({ layer: 'layer2', neuron: '4' });
    await again.close();
  });

  test('of a panel and of a figure alone', async () => {
    const { page, settled, screenshot, close } = await bench.open('panel=analyses&analysis=drawn', {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await settled();
    const buttons = page.getByRole('button', { name: 'Embed' });
    const figure = page.getByRole('figure').filter({ hasText: 'The second figure' });
    for (const [button, end] of [
      [buttons.first(), '?embed=canvas#run=image&layer=layer1&panel=analyses&analysis=drawn'],
      [
        page.locator('.bar').getByRole('button', { name: 'Embed' }).last(),
        '?embed=analyses#run=image&layer=layer1&panel=analyses&analysis=drawn',
      ],
      [
        figure.getByRole('button', { name: 'Embed' }),
        '?embed=figure#run=image&layer=layer1&panel=analyses&analysis=drawn&figure=second',
      ],
    ] as const) {
      await button.click();
      await expect
        .poll(() => page.evaluate(() => navigator.clipboard.readText()))
        .toBe(embedded(bench.address, '').replace('?embed=#', end));
    }
    await screenshot('copy-embed');
    expect(await accessibilityFaults(page)).toEqual([]);
    await close();
  });

  test('without a clipboard the address is shown, selected, and Escape closes it', async () => {
    const { page, settled, screenshot, close } = await bench.open('layer=layer3');
    await settled();
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
    const button = page.getByRole('button', { name: 'Copy link' });
    await button.click();
    const field = page.getByRole('textbox', { name: 'Address to copy' });
    await field.waitFor();
    expect(await page.evaluate(() => getSelection()!.toString())).toBe(`${bench.address}#run=image&layer=layer3`);
    await screenshot('copy-link');
    expect(await accessibilityFaults(page)).toEqual([]);
    await field.press('Escape');
    expect(await field.count()).toBe(0);
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
    await close();
  });
});
