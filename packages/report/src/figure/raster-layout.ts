import type { RasterFigure, RasterPanel, RasterScale } from '@xinc/core';
import { scaleOf } from '../picture/encode.js';

/** A figure's scales: under each panel, or below all of them where few serve many. */
export interface ScalePlacement {
  /** By panel; undefined where there is none or it is shown below. */
  readonly perPanel: readonly (RasterScale | undefined)[];
  readonly below: readonly RasterScale[];
}

const keyOf = ({ map, domain, label }: RasterScale): string => JSON.stringify([map, domain, label]);

const panelScale = (panel: RasterPanel, figure: RasterFigure): RasterScale | undefined =>
  panel.pixels.kind === 'values' ? scaleOf(panel.pixels.values, panel.pixels.scale ?? figure.scale) : undefined;

/** One colour bar for what all panels share; two where their colours tell which is which; else one under each panel. */
export function placeScales(figure: RasterFigure): ScalePlacement {
  const scales = figure.panels.map((panel) => panelScale(panel, figure));
  const distinct = [...new Map(scales.flatMap((scale) => (scale ? [[keyOf(scale), scale] as const] : []))).values()];
  const told = new Set(distinct.map(({ map }) => map)).size === distinct.length;
  return told ? { perPanel: scales.map(() => undefined), below: distinct } : { perPanel: scales, below: [] };
}

/** The figure's own number of columns, or as many as leave panels wide enough to read and few places empty. */
export function columnsOf({ columns, panels }: RasterFigure): number {
  if (columns !== undefined) return Math.max(1, Math.min(Math.floor(columns) || 1, panels.length || 1));
  if (panels.length <= 3) return Math.max(1, panels.length);
  const wide = panels.every(({ height, width }) => width > 1.4 * height);
  const candidates = wide ? [3, 2] : [4, 3];
  const empty = (count: number) => (count - (panels.length % count)) % count;
  return candidates.reduce((best, count) => (empty(count) < empty(best) ? count : best));
}

/** Numbers that a colour bar is marked with: its ends, and zero of a diverging one. */
export function ticksOf({
  map,
  domain: [low, high],
}: RasterScale): { readonly value: number; readonly share: number }[] {
  const middle = map === 'diverging' && low < 0 && high > 0 ? [{ value: 0, share: -low / (high - low) }] : [];
  return [{ value: low, share: 0 }, ...middle, { value: high, share: 1 }];
}
