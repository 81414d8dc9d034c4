import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { artefact, openReport, startChromium } from './browser.js';
import { exampleReport, renderExample } from './example-report.js';
import { faintTexts, structuralFaults } from './page-checks.js';

let browser: Browser;
let image: string;
let video: string;
beforeAll(async () => {
  browser = await startChromium();
  image = await renderExample(exampleReport());
  video = await renderExample(exampleReport({ frames: 24, height: 96, width: 160 }));
});
afterAll(() => browser?.close());

const VIEWS = [
  ['light', () => image, { colorScheme: 'light' }],
  ['dark', () => image, { colorScheme: 'dark' }],
  ['narrow', () => image, { colorScheme: 'light', viewport: { width: 390, height: 844 } }],
  ['narrow-dark-video', () => video, { colorScheme: 'dark', viewport: { width: 390, height: 844 } }],
  ['video', () => video, { colorScheme: 'dark', viewport: { width: 1100, height: 900 } }],
] as const;

test.each(VIEWS)(
  '%s: asks for nothing, complains of nothing, fits, is sound and can be read',
  async (name, html, options) => {
    const { page, requests, complaints } = await openReport(browser, name, html(), options);
    expect(await structuralFaults(page)).toEqual([]);
    expect(await faintTexts(page)).toEqual([]);
    await page.screenshot({ path: artefact(`${name}.png`), fullPage: true });
    expect(requests).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  },
);

test('a wide page shows the wide drawing of a chart, a narrow one the other', async () => {
  const { page } = await openReport(browser, 'light', image);
  const shown = () =>
    page.evaluate(() =>
      ['wide', 'narrow'].map((kind) => document.querySelector<HTMLElement>(`.chart.${kind}`)!.offsetHeight > 0),
    );
  expect(await shown()).toEqual([true, false]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await shown()).toEqual([false, true]);
  await page.close();
});

test('print is dark on white, even for a reader of dark pages, and becomes a PDF', async () => {
  const { page, complaints } = await openReport(browser, 'print', image, {
    colorScheme: 'dark',
    viewport: { width: 720, height: 1000 },
  });
  await page.emulateMedia({ media: 'print' });
  const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(background).toBe('rgb(255, 255, 255)');
  expect(await faintTexts(page)).toEqual([]);
  await page.screenshot({ path: artefact('print.png'), fullPage: true });
  const pdf = await page.pdf({ path: artefact('print.pdf'), format: 'A4' });
  expect(pdf.subarray(0, 5).toString('latin1')).toBe('%PDF-');
  expect(complaints).toEqual([]);
  await page.close();
});

test('a folded table opens and shows its rows', async () => {
  const { page } = await openReport(browser, 'light', image);
  await page.locator('#intensity-edges details.more > summary').click();
  const rows = page.locator('#intensity-edges details.table tbody tr');
  expect(await rows.first().isVisible()).toBe(false);
  await page.locator('#intensity-edges details.table > summary').click();
  expect(await rows.first().isVisible()).toBe(true);
  expect(await rows.count()).toBe(30);
  await page.close();
});

test('one tick shows all details, without a script', async () => {
  const { page } = await openReport(browser, 'light', image);
  const shown = () => page.evaluate(() => document.querySelector<HTMLElement>('#canvas figure')!.checkVisibility());
  const height = () => page.evaluate(() => document.documentElement.scrollHeight);
  const folded = await height();
  expect(await shown()).toBe(false);
  await page.locator('#unfold').check();
  expect(await shown()).toBe(true);
  expect(await height()).toBeGreaterThan(1.3 * folded);
  await page.close();
});

test('a title of the summary leads to its section, and that back to its figure', async () => {
  const { page } = await openReport(browser, 'light', image, { reducedMotion: 'reduce' });
  const top = (id: string) => page.evaluate((name) => document.getElementById(name)!.getBoundingClientRect().top, id);
  await page.locator('#summary-grouping-variance h3 a').click();
  await expect.poll(() => top('grouping-variance')).toBeLessThan(100);
  await page.locator('#grouping-variance a', { hasText: 'Figure' }).click();
  await expect.poll(() => top('summary-grouping-variance')).toBeGreaterThan(-100);
  await page.close();
});

describe('hostile text', () => {
  const ATTACK = `"><img src=x onerror="window.hit=1"><script>window.hit=1</script></style><style>*{display:none}</style>' \${1} {{x}} &lt;\u0000\u202e`;
  /** Every string of a value replaced, but those that name a kind or a colour. */
  function poisoned<T>(value: T, key = ''): T {
    if (typeof value === 'string') return (['kind', 'map'].includes(key) ? value : ATTACK) as T;
    if (Array.isArray(value)) return value.map((item) => poisoned(item, key)) as T;
    if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        ['options', 'config', 'values'].includes(key) ? ATTACK + name : name,
        name === 'spec' || name === 'rgb' ? item : poisoned(item, name),
      ]),
    ) as T;
  }

  test('in every name, label, note, caption, cell and setting stays text', async () => {
    const report = poisoned(exampleReport({ frames: 3, height: 16, width: 24 }));
    const chart = report.analyses[2].result.figures[0];
    const spec = {
      data: { values: [{ a: ATTACK, b: 1 }] },
      mark: 'bar',
      title: ATTACK,
      encoding: {
        x: { field: 'a', type: 'nominal', title: ATTACK },
        y: { field: 'b', type: 'quantitative' },
        color: { field: 'a', type: 'nominal' },
        href: { value: 'javascript:window.hit=1' },
      },
    };
    const result = { ...report.analyses[2].result, figures: [{ ...chart, kind: 'chart' as const, spec }] };
    const analyses = [...report.analyses, { ...report.analyses[2], result }];
    const { page, requests, complaints } = await openReport(
      browser,
      'hostile',
      await renderExample({ ...report, analyses }),
    );
    const found = await page.evaluate(() => ({
      hit: 'hit' in window,
      scripts: document.querySelectorAll('script, [onerror], style ~ style, body style').length,
      title: document.querySelector('h1')!.textContent,
      links: [...document.querySelectorAll('a')].flatMap((link) => {
        const href = link.getAttribute('href') ?? '#';
        return href.startsWith('#') ? [] : [href];
      }),
      shown: document.querySelector('main')!.getBoundingClientRect().height > 1000,
    }));
    expect(found).toEqual({
      hit: false,
      scripts: 0,
      title: ATTACK.replace('\u0000', '\ufffd'),
      links: ['https://arxiv.org/abs/2401.10217'],
      shown: true,
    });
    expect(await structuralFaults(page)).toEqual([]);
    expect({ requests, complaints }).toEqual({ requests: [], complaints: [] });
    await page.close();
  });
});
