import type { Browser } from 'playwright-core';
import { expect } from 'vitest';
import type { ArticleHost } from './article-host.js';
import type { Shown } from './on-screen.js';
import { followPage, type OpenViewer, settle } from './open-viewer.js';

/** What can be shown alone, as `embed` of an address names it. */
export const PANELS_ALONE = [
  ...['canvas', 'wall', 'neuron', 'pixel', 'embedding', 'analyses'],
  ...['training', 'off', 'time', 'compare', 'stars', 'figure'],
];

/** Where the same page runs. */
export const PLACES = [
  'from the server',
  'in a site below some path',
  'in one file from disk',
  'in a frame of another site',
] as const;
export type Place = (typeof PLACES)[number];

export interface PlaceAddresses {
  /** Of `xinc view`, with its token. */
  readonly server: string;
  /** Of a site's folder. */
  readonly site: string;
  /** Of the file, `file://`. */
  readonly file: string;
  readonly articles: ArticleHost;
}

/** A tab of a browser at one of the places. */
export interface OpenPlace extends Pick<OpenViewer, 'page' | 'close' | 'complaints' | 'requests'> {
  /** Whether a panel is shown alone. */
  readonly alone: boolean;
  /** Shows a panel with what an address says after `#`, and waits until all of it is there. */
  show(panel: string, view: string): Promise<Shown>;
  /** Goes to an empty page. */
  leave(): Promise<void>;
}

export async function openPlace(
  browser: Browser,
  place: Place,
  { server, site, file, articles }: PlaceAddresses,
): Promise<OpenPlace> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, colorScheme: 'light' });
  // A browser that compiles ONNX Runtime on a busy machine is waited for as long as a test is.
  context.setDefaultTimeout(170_000);
  const page = await context.newPage();
  const alone = place === 'in a frame of another site';
  const address = {
    'from the server': server,
    'in a site below some path': `${site}view/index.html`,
    'in one file from disk': file,
    'in a frame of another site': `${site}view/index.html`,
  }[place];
  let [last, shown]: [string | undefined, Shown] = [undefined, page];
  return {
    ...followPage(page, address, alone ? new RegExp(`^Request to ${articles.site}`) : undefined),
    alone,
    async show(panel, view) {
      const hash = alone ? view : `${view}&panel=${panel}`;
      if (last !== undefined && (!alone || panel === last)) {
        await shown.evaluate((text) => {
          location.hash = text;
        }, hash);
      } else if (!alone) {
        await page.goto(`${address}#${hash}`);
      } else {
        await page.goto(articles.about(`${address}?embed=${panel}#${hash}`, '1000', '820'));
        shown = (await (await page.locator('iframe').elementHandle())!.contentFrame())!;
      }
      last = panel;
      await settle(shown);
      return shown;
    },
    async leave() {
      last = undefined;
      await page.goto('about:blank');
    },
  };
}

/** What the address of a page or frame says a person chose. */
export async function viewOf(shown: Shown): Promise<Record<string, string>> {
  const hash = await shown.evaluate(() => location.hash);
  return Object.fromEntries(new URLSearchParams(hash.slice(1)));
}

/** Waits until the address says this of what a person chose. */
export const expectView = (shown: Shown, view: Record<string, string>) =>
  expect.poll(() => viewOf(shown)).toMatchObject(view);
