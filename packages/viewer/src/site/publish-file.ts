import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { XincError } from '@xinc/core';
import { formatJson } from '@xinc/core/formats';
import { temporaryFolder, writeFileAtomic } from '@xinc/core/node';
import { FILE_PAGE_FOLDER, PAGE_FOLDER, type Session, SITE_FILES } from '@xinc/viewer-page';
import { checkPage } from '../http/page-assets.js';
import { listPlugins } from '../plugins.js';
import { FILE_MARK, filePage } from './file-page.js';
import { checkRuns, leftOutOf, namesToldOf, publishRuns, type RunsToPublish, titleOf } from './publish-runs.js';
import type { PublishOptions } from './publish-site.js';
import { siteWriter } from './site-writer.js';

/** `out` is the file; `title` and `text` are what the page's head says of it. */
export type PublishFileOptions = RunsToPublish & Pick<PublishOptions, 'version' | 'out' | 'text'>;

/** A file that was written. */
export interface PublishedFile {
  readonly out: string;
  readonly bytes: number;
  /** What was left out, and what may be meant for nobody else, each in a sentence. */
  readonly notes: readonly string[];
}

/**
 * Writes runs as one HTML file that is opened from disk, without a server or a web host; it holds the page, what the page computes with,
 * and all that it asks of the runs.
 * @throws XincError for a run that cannot be read or has no weights, and `conflict` for what is there and was not written so
 */
export async function publishFile(options: PublishFileOptions): Promise<PublishedFile> {
  const { registry, version, out } = options;
  checkRuns(options);
  await checkPage(FILE_PAGE_FOLDER);
  await checkOut(out);
  const temporary = await temporaryFolder(resolve(out));
  const folder = temporary.path;
  try {
    const site = siteWriter(folder, false);
    const published = await publishRuns(options, site);
    const plugins = listPlugins(registry);
    const session: Session = {
      version,
      runs: published.map(({ view: { id, name } }) => ({ id, name })),
      plugins: plugins.map(({ panel: _, ...plugin }) => plugin),
    };
    await site.write(SITE_FILES.session, formatJson(session));
    const title = titleOf(options);
    const page = {
      folder: FILE_PAGE_FOLDER,
      runtime: await runtimeBinary(),
      title,
      description: options.text ?? title,
    };
    async function* files() {
      for (const path of site.sizes.keys()) yield { path, bytes: await readFile(join(folder, ...path.split('/'))) };
    }
    let bytes = 0;
    await writeFileAtomic(out, async (file) => {
      for await (const piece of filePage(page, files())) {
        await file.writeFile(piece);
        bytes += Buffer.byteLength(piece);
      }
    });
    const panels = new Set(plugins.flatMap(({ panel, package: name }) => (panel === undefined ? [] : [name])));
    return {
      out,
      bytes,
      notes: [
        ...leftOutOf(published),
        ...namesToldOf(published),
        ...[...panels].map((name) => `The panel of ${name} is left out: a page from disk loads no scripts`),
      ],
    };
  } finally {
    await temporary.remove();
  }
}

/** That of WebAssembly: graphics processors need a larger one, and a page from disk may not share memory among threads. */
async function runtimeBinary(): Promise<Uint8Array> {
  const assets = join(PAGE_FOLDER, 'assets');
  const name = (await readdir(assets)).find((entry) => /^ort-wasm-simd-threaded-[^.]+\.wasm$/.test(entry));
  if (name === undefined) {
    throw new XincError('not-found', `ONNX Runtime's binary is missing: ${assets}`, { hint: 'Build it: pnpm build.' });
  }
  return readFile(join(assets, name));
}

/** Bytes of a file in which its mark stands. */
const HEAD = 4096;

async function checkOut(out: string): Promise<void> {
  const found = await stat(out).catch(() => undefined);
  if (!found) return;
  if (found.isFile()) {
    const file = await open(out);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
      if (bytesRead === 0 || buffer.toString('utf8', 0, bytesRead).includes(FILE_MARK)) return;
    } finally {
      await file.close();
    }
  }
  throw new XincError('conflict', `${out} is there already, and was not written so: it is left as it is`, {
    subject: out,
    hint: 'Give another file, or remove it.',
  });
}
