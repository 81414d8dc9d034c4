import { PAGE_FOLDER } from '@xinc/viewer-page';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { startChromium } from '../../../report/test/browser.js';
import type { RunningViewer, ViewerOptions } from '../../src/start-viewer.js';
import { type Workbench, workbench } from '../server/made-runs.js';
import { type OpenOptions, type OpenViewer, openViewer } from './open-viewer.js';

/** Runs made for the tests, a viewer that serves them with the built page, and a browser. */
export interface BrowserBench extends Workbench {
  readonly browser: Browser;
  /** Address of a viewer of all runs. */
  readonly address: string;
  /** Serves runs with the built page. */
  serve(options?: Partial<ViewerOptions>): Promise<RunningViewer>;
  /** Opens a page of the viewer of all runs, with what its address says after `#`. */
  open(view?: string, options?: OpenOptions): Promise<OpenViewer>;
}

export function browserBench(): BrowserBench {
  const made = workbench() as { -readonly [K in keyof BrowserBench]: BrowserBench[K] };
  beforeAll(async () => {
    made.browser = await startChromium();
    made.serve = (options) => made.start({ page: PAGE_FOLDER, ...options });
    made.address = (await made.serve()).address;
    made.open = (view, options) => openViewer(made.browser, made.address, { ...(view && { view }), ...options });
  });
  afterAll(() => made.browser?.close());
  return made;
}
