import type { ChartFigure, Figure } from '@xinc/core';
import type { ChartDrawing } from './chart.js';
import { DARK, LIGHT } from './theme.js';

/* What the thread that draws can be asked for; its caller is thread.ts. */

export interface Tasks {
  /** Done when everything that draws is loaded. */
  load: { readonly argument: undefined; readonly result: undefined };
  chart: {
    readonly argument: { readonly figure: ChartFigure; readonly drawing: ChartDrawing };
    readonly result: string;
  };
  svg: { readonly argument: Themed; readonly result: string };
  /** SVG and PNG, of `scale` pixels per CSS pixel. */
  print: { readonly argument: Themed & { readonly scale: number }; readonly result: Printed };
}

export interface Themed {
  readonly figure: Figure;
  readonly theme: 'light' | 'dark';
}

export interface Printed {
  readonly svg: string;
  readonly png: Uint8Array;
}

type Handlers = { readonly [K in keyof Tasks]: (argument: Tasks[K]['argument']) => Promise<Tasks[K]['result']> };

// Loaded by the tasks: what does not load fails them, and not the thread.
const charts = () => import('./chart.js');
const rasters = () => import('./raster-svg.js');
const pictures = () => import('./rasterise.js');

export const load: Handlers['load'] = async () => {
  await Promise.all([charts(), rasters(), pictures()]);
  return undefined;
};

export const chart: Handlers['chart'] = async ({ figure, drawing }) => (await charts()).drawChart(figure, drawing);

export const svg: Handlers['svg'] = async ({ figure, theme: name }) => {
  const theme = name === 'dark' ? DARK : LIGHT;
  if (figure.kind === 'chart') return (await charts()).drawChart(figure, { theme });
  return (await rasters()).drawRaster(figure, theme);
};

export const print: Handlers['print'] = async ({ scale, ...themed }) => {
  const drawn = await svg(themed);
  return { svg: drawn, png: await (await pictures()).rasterise(drawn, scale) };
};
