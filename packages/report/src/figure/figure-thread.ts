import type { ChartFigure, Figure } from '@xinc/core';
import { type ChartDrawing, drawChart } from './chart.js';
import { drawRaster } from './raster-svg.js';
import { rasterise } from './rasterise.js';
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

export const load: Handlers['load'] = async () => undefined;

export const chart: Handlers['chart'] = ({ figure, drawing }) => drawChart(figure, drawing);

export const svg: Handlers['svg'] = ({ figure, theme: name }) => {
  const theme = name === 'dark' ? DARK : LIGHT;
  return figure.kind === 'chart' ? drawChart(figure, { theme }) : drawRaster(figure, theme);
};

export const print: Handlers['print'] = async ({ scale, ...themed }) => {
  const drawn = await svg(themed);
  return { svg: drawn, png: await rasterise(drawn, scale) };
};
