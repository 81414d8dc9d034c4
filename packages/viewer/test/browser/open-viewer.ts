import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Frame, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** Where pictures are left for people to look at: with the results of the package whose tests run. */
function artefact(name: string): string {
  const folder = join(process.cwd(), 'test-results');
  mkdirSync(folder, { recursive: true });
  return join(folder, name);
}

/** A page of the viewer, with everything that it asked for and complained about. */
export interface OpenViewer {
  readonly page: Page;
  /** Errors and warnings of the console, exceptions, and requests to anywhere but its own server. */
  readonly complaints: string[];
  /** Files asked for at its own server, in order. */
  readonly requests: string[];
  /** Waits until nothing is being loaded or traced. */
  settled(): Promise<void>;
  /** What the page's address says a person chose: `{ layer: 'layer2', … }`. */
  view(): Record<string, string>;
  /** Leaves a picture of the page in `test-results/`. */
  screenshot(name: string): Promise<void>;
  /** Fails for anything the page complained about, and closes it. */
  close(): Promise<void>;
}

export interface OpenOptions extends BrowserContextOptions {
  /** What the page's address says after `#`. */
  readonly view?: string;
  /** Complaints that a test provokes. */
  readonly expected?: RegExp;
}

export async function openViewer(
  browser: Browser,
  address: string,
  { view = '', expected, ...options }: OpenOptions = {},
): Promise<OpenViewer> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  // A busy machine is waited for, but less long than a hook or a test may take, so that it is said what was waited for.
  context.setDefaultTimeout(100_000);
  const opened = followPage(await context.newPage(), address, expected);
  await opened.page.goto(`${address}${view && `#${view}`}`, { waitUntil: 'load' });
  return opened;
}

/** Watches a page that is yet to be sent to the viewer. */
export function followPage(page: Page, address: string, expected?: RegExp): OpenViewer {
  const { origin } = new URL(address);
  const complaints: string[] = [];
  const requests: string[] = [];
  const complain = (what: string) => {
    if (!expected?.test(what)) complaints.push(what);
  };
  // Those of workers are seen through the context alone.
  page.context().on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol === 'data:' || url.protocol === 'blob:') return;
    if (url.origin === origin) requests.push(url.pathname);
    else complain(`Request to ${request.url()}`);
  });
  page.on('console', (message) => {
    // Where pictures are drawn in software, reading them back takes time, and the driver remarks on it.
    if (message.text().includes('GL Driver Message (OpenGL, Performance')) return;
    if (['error', 'warning'].includes(message.type())) complain(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complain(`Exception: ${error.message}`));
  return {
    page,
    complaints,
    requests,
    settled: () => settle(page),
    view: () => Object.fromEntries(new URLSearchParams(new URL(page.url()).hash.slice(1))),
    async screenshot(name) {
      await page.screenshot({ path: artefact(`${name}.png`) });
    },
    async close() {
      await page.context().close();
      expect(complaints).toEqual([]);
    },
  };
}

/** Waits until nothing is being loaded or traced in a page of the viewer, which may be in a frame. */
export async function settle(page: Page | Frame): Promise<void> {
  // A load begins a few tasks after what caused it, so rest has to last.
  await page.waitForFunction(() => document.title.includes(' · '));
  await page.evaluate(async () => {
    for (let quiet = 0; quiet < 6; quiet++) {
      await new Promise((resolve) => setTimeout(resolve, 16));
      if (document.querySelector('[aria-busy=true], :root[data-loads]:not([data-loads="0"])')) quiet = 0;
    }
  });
}

/** The pixels of a canvas as it is, RGBA in rows: not as it is stretched on screen. */
export async function pixelsOf(canvas: Locator): Promise<{ width: number; height: number; rgba: number[] }> {
  return canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    // A copy is read: reading a canvas itself changes how the browser keeps it.
    const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    copy.drawImage(element as HTMLCanvasElement, 0, 0);
    return { width, height, rgba: [...copy.getImageData(0, 0, width, height).data] };
  });
}
