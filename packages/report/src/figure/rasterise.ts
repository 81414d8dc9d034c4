import { Buffer } from 'node:buffer';
import { loadSharp } from '../picture/load-sharp.js';

/** Dots per inch of SVG in librsvg; at this density a CSS pixel is one dot. */
const BASE_DENSITY = 72;

const sharp = loadSharp();
// No figure is drawn twice: what libvips remembers of earlier ones is only memory.
sharp.cache(false);

/**
 * SVG as PNG.
 * @param scale PNG pixels per CSS pixel (1/96 inch)
 */
export function rasterise(svg: string, scale: number): Promise<Uint8Array> {
  return sharp(Buffer.from(svg), { density: BASE_DENSITY * scale, unlimited: true, limitInputPixels: false })
    .withDensity(96 * scale)
    .png({ compressionLevel: 6 })
    .toBuffer();
}
