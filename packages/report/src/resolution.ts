import type { Figure, RasterFigure } from '@xinc/core';
import { columnsOf } from './figure/raster-layout.js';
import type { ReportAnalysis } from './report.js';
import { panelReduction } from './sections/raster.js';

/** Pixels of maps that a page of less than 5 MB has room for: about one byte each as PNG, four thirds as text. */
const PIXEL_BUDGET = 2_400_000;
/** Bytes of a picture in full colour, in those of a map. */
const COLOR_COST = 2.5;

/**
 * Part of the usual resolution, in pixels, at which all pictures of the analyses together keep the page light.
 * @param pixels what they cost together
 */
export const thriftFor = (pixels: number): number => Math.min(1, PIXEL_BUDGET / pixels);

/** Values that an analysis holds in memory, about: those of its pictures, its tables' cells, and what its charts are written with. */
export const valuesOf = ({ figures, tables }: ReportAnalysis['result']): number =>
  figures.reduce((sum, figure) => sum + (figure.kind === 'raster' ? valuesOfPanels(figure) : partsOf(figure.spec)), 0) +
  tables.reduce((sum, { columns, rows }) => sum + columns.length * rows.length, 0);

const valuesOfPanels = ({ panels }: RasterFigure): number =>
  panels.reduce((sum, { height, width, pixels }) => sum + height * width * (pixels.kind === 'rgb' ? 3 : 1), 0);

/** Objects, lists, texts and numbers in a specification. */
const partsOf = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? Object.values(value).reduce<number>((sum, part) => sum + partsOf(part), 1)
    : 1;

/** What a figure costs in pixels of maps, each drawn as large as it is shown. */
export function pixelCost(figure: Figure): number {
  if (figure.kind !== 'raster') return 0;
  const columns = columnsOf(figure);
  return figure.panels.reduce((sum, panel) => {
    const cost = panel.pixels.kind === 'rgb' ? COLOR_COST : panel.pixels.kind === 'labels' ? 0.1 : 1;
    return sum + cost * panel.height * panel.width * panelReduction(panel, columns) ** 2;
  }, 0);
}
