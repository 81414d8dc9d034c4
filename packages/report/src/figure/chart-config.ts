import type { Config } from 'vega-lite';
import { FONT, type Theme } from './theme.js';

/** What charts leave to the reader's theme: text, axes, grid, background, and colours where a chart sets none. */
export function vegaConfig(theme: Theme, narrow: boolean): Config {
  const title = { titleColor: theme.ink, titleFont: FONT, titleFontSize: 12, titleFontWeight: 500 as const };
  const label = { labelColor: theme.muted, labelFont: FONT, labelFontSize: 11 };
  return {
    background: theme.background ?? 'transparent',
    padding: theme.background ? 14 : 4,
    font: FONT,
    aria: false,
    view: { stroke: null },
    axis: {
      ...title,
      ...label,
      titlePadding: 8,
      labelPadding: 5,
      domainColor: theme.rule,
      tickColor: theme.rule,
      tickSize: 4,
      gridColor: theme.grid,
    },
    axisX: { grid: false },
    axisY: { domain: false, ticks: false },
    legend: {
      ...title,
      ...label,
      symbolStrokeWidth: 2,
      symbolSize: 90,
      rowPadding: 4,
      ...(narrow ? { orient: 'bottom' as const, columns: 1 } : {}),
    },
    header: { titleColor: theme.ink, labelColor: theme.ink, labelFont: FONT, labelFontSize: 12, labelFontWeight: 600 },
    title: { color: theme.ink, subtitleColor: theme.muted, font: FONT, fontSize: 13, anchor: 'start', fontWeight: 600 },
    line: { strokeWidth: 2, color: theme.accent },
    point: { color: theme.accent, size: 36 },
    bar: { color: theme.accent },
    area: { color: theme.accent },
    rule: { color: theme.rule },
    text: { color: theme.ink, font: FONT, fontSize: 11 },
    range: { ramp: { scheme: 'inferno' }, heatmap: { scheme: 'inferno' }, diverging: { scheme: 'redblue' } },
  };
}
