import { existsSync, mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, LaunchOptions, Page } from 'playwright-core';

const RESULTS = fileURLToPath(new URL('../test-results/', import.meta.url));

/** Where screenshots and pages are left for people to look at. */
export function artefact(name: string): string {
  mkdirSync(RESULTS, { recursive: true });
  return `${RESULTS}${name}`;
}

/** How long Chromium may take to start, in milliseconds, before it is started once more: two starts fit into a hook. */
const START = 45_000;

/** Chromium: the one that XINC_CHROMIUM names, else the one that npm carries. */
export async function startChromium(): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  const launch = async () => chromium.launch({ ...(await whichChromium()), timeout: START });
  try {
    // On a busy machine a start fails now and then.
    return await launch().catch(launch);
  } catch (cause) {
    throw new Error(
      `These tests need Chromium, and it does not start: ${(cause as Error).message.split('\n')[0]} Name one in XINC_CHROMIUM.`,
      { cause },
    );
  }
}

async function whichChromium(): Promise<LaunchOptions> {
  const named = process.env.XINC_CHROMIUM;
  if (named) return { executablePath: named };
  const { default: carried } = await import('@sparticuz/chromium');
  // In a single process, the first page to be closed takes the browser with it.
  const args = carried.args.filter((argument) => argument !== '--single-process');
  return { executablePath: await carried.executablePath(), args };
}

/** A page as a browser shows it, with everything it asked for and complained about. */
export interface OpenPage {
  readonly page: Page;
  /** Addresses asked for, the page's own and data inside it excepted. */
  readonly requests: string[];
  /** Errors and warnings of the console, and exceptions. */
  readonly complaints: string[];
}

export async function openReport(
  browser: Browser,
  name: string,
  html: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const path = artefact(`${name}.html`);
  await writeFile(path, html);
  if (!existsSync(path)) throw new Error(`${path} was not written`);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const address = pathToFileURL(path).href;
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => {
    const url = request.url();
    if (url !== address && !url.startsWith('data:')) requests.push(url);
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(address, { waitUntil: 'load' });
  return { page, requests, complaints };
}
