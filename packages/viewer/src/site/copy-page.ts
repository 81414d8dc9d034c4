import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SiteWriter } from './site-writer.js';
import { viewerPage } from './viewer-page.js';

/** Bytes of the page's own files. */
export interface PageBytes {
  /** Loaded when it is opened. */
  readonly opening: number;
  /** Loaded with panels that are opened later. */
  readonly panels: number;
  /** Loaded when neurons are switched off, at most: a browser takes one of the variants of ONNX Runtime. */
  readonly switchingOff: number;
}

/** What the page says of itself. */
export interface PageHead {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly baseUrl: string | undefined;
  /** The preview's address, for a page whose own address is known. */
  readonly preview: string;
}

/** Threads that trace, and what reads pictures, are loaded when the page is. */
const STARTED = /^(?:(?:site-)?thread|decode-picture)-/;
/** What only the thread that runs networks loads. */
const RUNTIME = /^(?:ort|network-thread)/;

/**
 * Copies the viewer's page into a site's folder `view`.
 * @param page folder of the built page
 */
export async function copyPage(page: string, site: SiteWriter, about: PageHead): Promise<PageBytes> {
  const index = await readFile(join(page, 'index.html'), 'utf8');
  const { title, paragraphs, baseUrl, preview } = about;
  const addresses =
    baseUrl === undefined ? undefined : { image: `${baseUrl}${preview}`, page: `${baseUrl}view/index.html` };
  let opening = await site.write('view/index.html', viewerPage(index, title, paragraphs[0], addresses));
  let [panels, scripts, binary] = [0, 0, 0];
  for (const name of await readdir(join(page, 'assets'))) {
    const size = await site.write(`view/assets/${name}`, await readFile(join(page, 'assets', name)));
    if (name.endsWith('.wasm')) binary = Math.max(binary, size);
    else if (RUNTIME.test(name)) scripts += size;
    else if (STARTED.test(name) || index.includes(`/${name}"`)) opening += size;
    else panels += size;
  }
  return { opening, panels, switchingOff: scripts + binary };
}
