import { resolve } from 'node:path';
import { counted, describePsnr, type Frame, XincError } from '@xinc/core';
import { formatJson } from '@xinc/core/formats';
import type { Registry } from '@xinc/core/node';
import { renderPreview, renderSitePage, renderThumbnail, SITE_STYLE } from '@xinc/report';
import { PAGE_FOLDER, type RunView, type Session, SITE_FILES } from '@xinc/viewer-page';
import { checkPage } from '../http/page-assets.js';
import { listPlugins, panelModule } from '../plugins.js';
import { copyPage } from './copy-page.js';
import type { PublishedRun } from './publish-run.js';
import {
  checkRuns,
  leftOutOf,
  megabytes,
  namesToldOf,
  publishRuns,
  type RunsToPublish,
  titleOf,
} from './publish-runs.js';
import { SITE_MARK, writeSiteFolder } from './site-folder.js';
import { FRONT_POLICY, REPORT_POLICY } from './site-policy.js';
import { type SiteWriter, siteWriter } from './site-writer.js';
import { checkZip, writeZip } from './zip-files.js';

export interface PublishOptions extends RunsToPublish {
  /** The program's version, for the page. */
  readonly version: string;
  /** The site's folder: made, or replaced where it is a site already. */
  readonly out: string;
  /** Plain text; an empty line begins a paragraph. */
  readonly text?: string;
  readonly links?: readonly { readonly title: string; readonly address: string }[];
  /** Where the site will be, for the preview that services show of links to it: they ask for absolute addresses. */
  readonly baseUrl?: string;
  /** A file beside the folder that holds the same as a zip. */
  readonly zip?: boolean;
  /** Reports of studies as HTML, shown with the runs. */
  readonly reports?: readonly { readonly title: string; readonly html: Uint8Array }[];
  /** Folder of a built page; by default the one of @xinc/viewer-page. */
  readonly page?: string;
}

/** A site that was written. */
export interface PublishedSite {
  readonly out: string;
  readonly zip?: string;
  readonly files: number;
  readonly bytes: number;
  readonly runs: readonly {
    readonly id: string;
    readonly name: string;
    /** Bytes that are loaded at most, the page's own among them. */
    readonly loads: {
      /** When it is opened. */
      readonly opening: number;
      /** When every panel but that for switching neurons off was opened, and looked through to its end; without the runs it is compared with. */
      readonly panels: number;
      /** When all other frames of a video are looked at: so many more. */
      readonly otherFrames: number;
      /** When neurons are switched off too: so many more. */
      readonly switchingOff: number;
    };
  }[];
  /** What was published that may be meant for nobody else, what was left out, and what is larger than it should be. */
  readonly notes: readonly string[];
}

/** More than this takes long over a slow line. */
const LARGE = 10e6;

const FRONT_STYLE = 'style.css';
const PREVIEW = 'preview.jpg';

/**
 * Writes runs as a site of files that any web host serves, from any place of it; its pages compute what the viewer's server does.
 * @throws XincError for a run that cannot be read or has no weights, and for a folder that is there and no site
 *
 * @example
 * await publishSite({ runs: [runSource('xinc-runs/photo-ffn', registry)], registry, version, out: 'site' });
 */
export async function publishSite(options: PublishOptions): Promise<PublishedSite> {
  const { registry, version, out, page = PAGE_FOLDER } = options;
  checkRuns(options);
  const baseUrl = options.baseUrl === undefined ? undefined : absoluteAddress(options.baseUrl).replace(/\/?$/, '/');
  for (const link of options.links ?? []) absoluteAddress(link.address);
  await checkPage(page);
  const zip = options.zip ? `${resolve(out)}.zip` : undefined;
  if (zip !== undefined) await checkZip(zip);
  return writeSiteFolder(out, async (folder) => {
    const site = siteWriter(folder, true);
    const title = titleOf(options);
    const paragraphs = (options.text ?? '')
      .split(/\n\s*\n/)
      .map((text) => text.trim())
      .filter(Boolean);
    const pageBytes = await copyPage(page, site, { title, paragraphs, baseUrl, preview: PREVIEW });
    const published = await publishRuns(options, site);
    const panelBytes = await writePanels(registry, site);
    const session: Session & { readonly kind: string } = {
      kind: SITE_MARK,
      version,
      runs: published.map(({ view: { id, name } }) => ({ id, name })),
      plugins: listPlugins(registry).map(({ panel, ...plugin }) => ({
        ...plugin,
        ...(panel !== undefined && { panel: `../${SITE_FILES.panel(plugin.package)}` }),
      })),
    };
    const sessionBytes = await site.write(SITE_FILES.session, formatJson(session));
    await writeFront(site, options, { title, paragraphs, published, baseUrl });
    const runs = published.map(({ view: { id, name }, bytes }) => {
      const opening = pageBytes.opening + sessionBytes + bytes.opening;
      const panels = opening + pageBytes.panels + panelBytes + bytes.panels;
      const switchingOff = pageBytes.switchingOff + bytes.switchingOff;
      return { id, name, loads: { opening, panels, otherFrames: bytes.otherFrames, switchingOff } };
    });
    if (zip !== undefined) await writeZip(zip, folder, [...site.sizes.keys()]);
    return {
      out,
      ...(zip !== undefined && { zip }),
      files: site.sizes.size,
      bytes: [...site.sizes.values()].reduce((sum, size) => sum + size, 0),
      runs,
      notes: [
        ...leftOutOf(published),
        ...runs
          .filter(({ loads }) => loads.panels > LARGE)
          .map(
            ({ name, loads }) =>
              `${name}: ${megabytes(loads.panels)} are loaded to look at all of it, which takes long over a slow line`,
          ),
        ...namesToldOf(published),
      ],
    };
  });
}

function absoluteAddress(text: string): string {
  const found = URL.canParse(text) ? new URL(text) : undefined;
  if (found?.protocol === 'https:' || found?.protocol === 'http:') return found.href;
  throw new XincError('invalid-option', `${text} is no address of the web`, {
    subject: text,
    hint: 'Write it whole, as https://example.org/canvas/.',
  });
}

/** @returns the bytes of all */
async function writePanels(registry: Registry, site: SiteWriter): Promise<number> {
  let bytes = 0;
  const packages = new Set(listPlugins(registry).flatMap((plugin) => (plugin.panel ? [plugin.package] : [])));
  for (const name of packages) {
    const { body } = await panelModule(registry, name);
    if (body instanceof Uint8Array) bytes += await site.write(SITE_FILES.panel(name), body);
  }
  return bytes;
}

interface Front {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly published: readonly PublishedRun[];
  readonly baseUrl: string | undefined;
}

async function writeFront(
  site: SiteWriter,
  { links = [], reports = [] }: PublishOptions,
  { title, paragraphs, published, baseUrl }: Front,
): Promise<void> {
  const frames: Frame[] = published.map(({ frame }) => frame);
  await site.write(PREVIEW, await renderPreview({ title, note: counted(published.length, 'run'), frames }));
  const runs = [];
  for (const { view, frame } of published) {
    const file = SITE_FILES.thumbnail(view.id);
    const { webp, height, width } = await renderThumbnail(frame);
    await site.write(file, webp);
    runs.push({
      title: view.name,
      details: detailsOf(view),
      address: `view/index.html#${new URLSearchParams({ run: view.id })}`,
      picture: { file, height, width },
    });
  }
  const written = [];
  for (const [i, { title: name, html }] of reports.entries()) {
    const file = `reports/report-${i + 1}.html`;
    // Its own policy first: what a report of somebody else holds is shown, and not executed.
    const policy = `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${REPORT_POLICY}">`;
    const bytes = await site.write(file, Buffer.concat([Buffer.from(policy), html]));
    written.push({ title: name, file, bytes });
  }
  await site.write(FRONT_STYLE, SITE_STYLE);
  const preview = baseUrl === undefined ? undefined : { image: `${baseUrl}${PREVIEW}`, page: baseUrl };
  await site.write(
    'index.html',
    renderSitePage({
      title,
      text: paragraphs,
      links,
      runs,
      reports: written,
      policy: FRONT_POLICY,
      style: FRONT_STYLE,
      ...(preview && { preview }),
    }),
  );
}

/** Network, signal and quality in words. */
function detailsOf({ model, signal, psnr }: RunView): string[] {
  const { kind, frames, height, width } = signal;
  const what =
    kind === 'video' ? `video of ${counted(frames, 'frame')}, ${height}×${width}` : `image, ${height}×${width}`;
  return [
    `${model.title}, ${model.parameters.toLocaleString('en')} parameters`,
    psnr === undefined ? what : `${what}, PSNR ${describePsnr(Number(psnr))}`,
  ];
}
