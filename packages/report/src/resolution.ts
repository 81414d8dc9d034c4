import { columnsOf } from './figure/raster-layout.js';
import type { ReportAnalysis } from './report.js';
import { panelReduction } from './sections/raster.js';

/** Pixels of maps that a page of less than 5 MB has room for: about one byte each as PNG, four thirds as text. */
const PIXEL_BUDGET = 2_400_000;
/** Bytes of a picture in full colour, in those of a map. */
const COLOR_COST = 2.5;

/** Part of the usual resolution, in pixels, at which all pictures of the analyses together keep the page light. */
export function resolutionThrift(analyses: readonly ReportAnalysis[]): number {
  const pixels = analyses
    .flatMap(({ result }) => result.figures)
    .flatMap((figure) => {
      if (figure.kind !== 'raster') return [];
      const columns = columnsOf(figure);
      return figure.panels.map((panel) => {
        const cost = panel.pixels.kind === 'rgb' ? COLOR_COST : panel.pixels.kind === 'labels' ? 0.1 : 1;
        return cost * panel.height * panel.width * panelReduction(panel, columns) ** 2;
      });
    })
    .reduce((sum, cost) => sum + cost, 0);
  return Math.min(1, PIXEL_BUDGET / pixels);
}
