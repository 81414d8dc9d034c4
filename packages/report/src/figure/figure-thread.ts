import type { RasterFigure } from '@xinc/core';
import type { Printed } from './printed.js';
import { DARK, LIGHT } from './theme.js';

/* What the thread that draws pictures made of maps can be asked for; its caller is thread.ts. */

export interface Tasks {
  /** Done when everything that draws is loaded. */
  load: { readonly argument: undefined; readonly result: undefined };
  svg: { readonly argument: Themed; readonly result: string };
  /** SVG whose pictures are quick to load. */
  web: { readonly argument: RasterFigure; readonly result: string };
  /** SVG and PNG, of `scale` pixels per CSS pixel. */
  print: { readonly argument: Themed & { readonly scale: number }; readonly result: Printed };
}

interface Themed {
  readonly figure: RasterFigure;
  readonly theme: 'light' | 'dark';
}

type Handlers = { readonly [K in keyof Tasks]: (argument: Tasks[K]['argument']) => Promise<Tasks[K]['result']> };

// Loaded by the tasks: what does not load fails them, and not the thread.
const rasters = () => import('./raster-svg.js');
const pictures = () => import('./rasterise.js');

export const load: Handlers['load'] = async () => {
  await Promise.all([rasters(), pictures()]);
  return undefined;
};

export const svg: Handlers['svg'] = async ({ figure, theme }) =>
  (await rasters()).drawRaster(figure, theme === 'dark' ? DARK : LIGHT);

export const web: Handlers['web'] = async (figure) =>
  (await rasters()).drawRaster(figure, LIGHT, (await import('../picture/web-picture.js')).webPicture);

export const print: Handlers['print'] = async ({ scale, ...themed }) => {
  const drawn = await svg(themed);
  return { svg: drawn, png: await (await pictures()).rasterise(drawn, scale) };
};
