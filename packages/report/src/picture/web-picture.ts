import type { RasterPanel, RasterScale } from '@xinc/core';
import { type EncodedPicture, encodePanel } from './encode.js';
import { loadSharp } from './load-sharp.js';
import { reduction } from './resample.js';

/** Picture pixels per CSS pixel of the width that a panel is drawn in. */
const DENSITY = 1.6;
/** Of 100; twice the bytes of WebP with colours of half the resolution are as close to a map, measured as PSNR. */
const AVIF = { quality: 50, effort: 2, chromaSubsampling: '4:4:4' } as const;
/** Of 100, of frames as WebP. */
const QUALITY = 70;
/** Maps keep their colours where that takes at most so many times the bytes. */
const EXACT = 1.5;

/**
 * A panel as the address of a picture that is quick to load, with no more pixels than are seen: AVIF of some loss, or WebP without loss
 * for labels, and for maps of which that is little larger, such as stripes.
 * @param shared the figure's scale, for panels without one of their own
 * @param width that it is drawn in, CSS pixels
 */
export async function webPicture(panel: RasterPanel, shared: RasterScale | undefined, width: number): Promise<string> {
  const factor = reduction(panel.height, panel.width, { width: DENSITY * width, pixels: Number.POSITIVE_INFINITY });
  const picture = await encodePanel(panel, shared, factor);
  const exact = await asWebp(picture, true);
  if (panel.pixels.kind === 'labels') return address('webp', exact);
  const lossy = await opened(picture).avif(AVIF).toBuffer();
  return exact.length <= EXACT * lossy.length ? address('webp', exact) : address('avif', lossy);
}

const address = (kind: 'avif' | 'webp', bytes: Buffer): string =>
  `data:image/${kind};base64,${bytes.toString('base64')}`;

/** @param exact whether each pixel keeps its colour */
export async function asWebp(picture: EncodedPicture, exact = false): Promise<Buffer> {
  return opened(picture)
    .webp(exact ? { lossless: true } : { quality: QUALITY, smartSubsample: true })
    .toBuffer();
}

const opened = ({ png }: EncodedPicture) => loadSharp()(png, { limitInputPixels: false });
