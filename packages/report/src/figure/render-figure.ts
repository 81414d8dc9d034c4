import { Buffer } from 'node:buffer';
import type { Figure } from '@xinc/core';
import { drawChart } from './chart.js';
import { ensureFonts } from './fonts.js';
import { drawRaster } from './raster-svg.js';
import { DARK, LIGHT } from './theme.js';

export interface FigureOptions {
  readonly theme: 'light' | 'dark';
  readonly format: 'svg' | 'png';
  /** PNG pixels per CSS pixel (1/96 inch); 300 dots per inch if absent. */
  readonly scale?: number;
}

const PRINT_SCALE = 300 / 96;
/** Of SVG in librsvg, where a CSS pixel is one dot at this density. */
const BASE_DENSITY = 72;

/**
 * A figure as a file of its own: SVG text, or PNG bytes at print size.
 *
 * Charts are drawn by Vega. Of raster figures, the pictures are PNG inside the SVG at their own resolution, scaled without
 * smoothing; titles and colour bars are vectors. Values that are not finite are transparent.
 *
 * @throws XincError `plugin` where a chart's specification cannot be drawn.
 * @example await writeFile('canvas.svg', await renderFigure(figure, { theme: 'light', format: 'svg' }));
 */
export function renderFigure(figure: Figure, options: FigureOptions & { readonly format: 'svg' }): Promise<string>;
export function renderFigure(figure: Figure, options: FigureOptions & { readonly format: 'png' }): Promise<Uint8Array>;
export function renderFigure(figure: Figure, options: FigureOptions): Promise<string | Uint8Array>;
export async function renderFigure(figure: Figure, options: FigureOptions): Promise<string | Uint8Array> {
  const theme = options.theme === 'dark' ? DARK : LIGHT;
  const svg = figure.kind === 'chart' ? await drawChart(figure, { theme }) : await drawRaster(figure, theme);
  return options.format === 'svg' ? svg : rasterise(svg, options.scale);
}

/**
 * The PNG of a figure that has been drawn already.
 * @param scale PNG pixels per CSS pixel (1/96 inch); 300 dots per inch if absent
 */
export async function rasterise(svg: string, scale: number = PRINT_SCALE): Promise<Uint8Array> {
  ensureFonts();
  const { default: sharp } = await import('sharp');
  // No figure is drawn twice: what libvips remembers of earlier ones is only memory.
  sharp.cache(false);
  return sharp(Buffer.from(svg), { density: BASE_DENSITY * scale, unlimited: true, limitInputPixels: false })
    .withDensity(96 * scale)
    .png({ compressionLevel: 6 })
    .toBuffer();
}
