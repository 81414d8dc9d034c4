import type { ChartFigure, Figure, RasterFigure } from '@xinc/core';
import type { ChartDrawing } from './chart.js';
import { drawChartApart, prepareCharts } from './chart-drawing.js';
import type { Printed } from './printed.js';
import { DARK, LIGHT } from './theme.js';
import { drawing } from './thread.js';

export interface FigureOptions {
  readonly theme: 'light' | 'dark';
  readonly format: 'svg' | 'png';
  /** PNG pixels per CSS pixel (1/96 inch); 300 dots per inch if absent. */
  readonly scale?: number;
}

const PRINT_SCALE = 300 / 96;

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
export async function renderFigure(
  figure: Figure,
  { theme, format, scale = PRINT_SCALE }: FigureOptions,
): Promise<string | Uint8Array> {
  if (format === 'png') return (await print(figure, theme, scale)).png;
  if (figure.kind === 'raster') return drawing('svg', { figure, theme });
  return drawChartApart({ task: 'svg', figure, drawing: { theme: themeOf(theme) } });
}

function print(figure: Figure, theme: FigureOptions['theme'], scale: number): Promise<Printed> {
  if (figure.kind === 'raster') return drawing('print', { figure, theme, scale });
  return drawChartApart({ task: 'print', figure, drawing: { theme: themeOf(theme) }, scale });
}

const themeOf = (theme: FigureOptions['theme']) => (theme === 'dark' ? DARK : LIGHT);

/**
 * A figure for print, as SVG and PNG at once, in the light theme at 300 dots per inch.
 * @throws XincError `plugin` where a chart's specification cannot be drawn.
 */
export function printFigure(figure: Figure): Promise<Printed> {
  return print(figure, 'light', PRINT_SCALE);
}

/**
 * A figure made of maps for a page on the web: SVG whose pictures are AVIF of some loss, or WebP without loss where that takes little more,
 * no larger than they are seen.
 */
export const renderWebFigure = (figure: RasterFigure): Promise<string> => drawing('web', figure);

/** A chart as it stands in a page. @throws XincError `plugin` where its specification cannot be drawn. */
export function renderChart(figure: ChartFigure, how: ChartDrawing): Promise<string> {
  return drawChartApart({ task: 'svg', figure, drawing: how });
}

/** Loads what draws, which takes half a second, for figures that are to come within the next ones. */
export function prepareFigures(): void {
  // What fails here fails again, and is told, when a figure is drawn.
  drawing('load', undefined).catch(() => {});
  prepareCharts();
}
