import type { Frame } from '@xinc/core';
import { ensureFonts } from '../figure/fonts.js';
import { wrapped } from '../figure/text-width.js';
import { html } from '../html/markup.js';
import { asUri, encodeFrame } from '../picture/encode.js';
import { loadSharp } from '../picture/load-sharp.js';
import { asWebp } from '../picture/web-picture.js';

/** What pages that link to a site show of it. */
export interface SitePreview {
  readonly title: string;
  /** Its size in words: `2 runs`. */
  readonly note: string;
  /** Pictures, of which the first four are drawn. */
  readonly frames: readonly Frame[];
}

/** The size that services show without cutting it. */
const PREVIEW_SIZE = { width: 1200, height: 630 } as const;

const MARGIN = 60;
const GAP = 20;
const PICTURES_HEIGHT = 340;
const TITLE_SIZE = 56;
const NOTE_SIZE = 28;
const MOST_LINES = 2;

/** A site's preview as JPEG, 1200×630: services take none of a megabyte. */
export async function renderPreview({ title, note, frames }: SitePreview): Promise<Uint8Array> {
  ensureFonts();
  const { width, height } = PREVIEW_SIZE;
  const inner = width - 2 * MARGIN;
  const shown = await Promise.all(
    frames.slice(0, 4).map(async (frame) => ({ frame, uri: asUri(await smaller(frame)) })),
  );
  const cell = (inner - GAP * (shown.length - 1)) / Math.max(1, shown.length);
  const pictures = shown.map(({ frame, uri }, i) => {
    const scale = Math.min(cell / frame.width, PICTURES_HEIGHT / frame.height);
    const [w, h] = [frame.width * scale, frame.height * scale];
    // A single picture begins where the title does.
    const x = MARGIN + i * (cell + GAP) + (shown.length > 1 ? (cell - w) / 2 : 0);
    return html`<image href="${uri}" x="${x}" y="${MARGIN + (PICTURES_HEIGHT - h) / 2}" width="${w}" height="${h}"/>`;
  });
  const lines = wrapped(title, inner, TITLE_SIZE).slice(0, MOST_LINES);
  const first = MARGIN + PICTURES_HEIGHT + TITLE_SIZE + 8;
  const svg = html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect width="${width}" height="${height}" fill="#15181d"/>
${pictures}
<g font-family="Segoe UI, Helvetica, Arial, DejaVu Sans, sans-serif" fill="#f2f4f7">
${lines.map((line, i) => html`<text x="${MARGIN}" y="${first + i * TITLE_SIZE * 1.1}" font-size="${TITLE_SIZE}" font-weight="600">${line}</text>`)}
<text x="${MARGIN}" y="${height - MARGIN + 16}" font-size="${NOTE_SIZE}" fill="#aab3c0">${note} · XINC</text>
</g></svg>`;
  const { rasterise } = await import('../figure/rasterise.js');
  const sharp = loadSharp();
  return sharp(await rasterise(svg.text, 1))
    .jpeg({ quality: 85 })
    .toBuffer();
}

/** A picture at most this wide is small enough for a list. */
const THUMBNAIL_WIDTH = 480;

/** A frame as WebP, no wider than a list shows it. */
export async function renderThumbnail(frame: Frame): Promise<{ webp: Uint8Array; height: number; width: number }> {
  const picture = await smaller(frame);
  return { webp: await asWebp(picture), height: picture.height, width: picture.width };
}

const smaller = (frame: Frame) => encodeFrame(frame, Math.min(1, THUMBNAIL_WIDTH / frame.width));
