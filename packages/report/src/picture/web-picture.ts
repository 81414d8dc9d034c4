import type { RasterPanel, RasterScale } from '@xinc/core';
import { type EncodedPicture, encodePanel } from './encode.js';
import { loadSharp } from './load-sharp.js';
import { reduction } from './resample.js';

/** Picture pixels per CSS pixel of the width that a panel is drawn in. */
const DENSITY = 1.6;
/** Of WebP, of 100. */
const QUALITY = 70;

/**
 * A panel as the address of a picture that is quick to load: WebP of some loss, a tenth of the bytes of PNG, with no more pixels than are
 * seen. Labels keep their colours.
 * @param shared the figure's scale, for panels without one of their own
 * @param width that it is drawn in, CSS pixels
 */
export async function webPicture(panel: RasterPanel, shared: RasterScale | undefined, width: number): Promise<string> {
  const factor = reduction(panel.height, panel.width, { width: DENSITY * width, pixels: Number.POSITIVE_INFINITY });
  const picture = await encodePanel(panel, shared, factor);
  const webp = await asWebp(picture, panel.pixels.kind === 'labels');
  return `data:image/webp;base64,${webp.toString('base64')}`;
}

/** @param exact whether each pixel keeps its colour */
export async function asWebp({ png }: EncodedPicture, exact = false): Promise<Buffer> {
  const sharp = loadSharp();
  const how = exact ? { lossless: true } : { quality: QUALITY, smartSubsample: true };
  return sharp(png, { limitInputPixels: false }).webp(how).toBuffer();
}
