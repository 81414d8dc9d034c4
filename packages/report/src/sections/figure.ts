import { type ChartFigure, type Figure, isXincError } from '@xinc/core';
import { renderChart } from '../figure/render-figure.js';
import { PAGE } from '../figure/theme.js';
import { html, Markup } from '../html/markup.js';
import { typeset } from '../typeset.js';
import type { Numbering } from './numbering.js';
import { rasterMarkup } from './raster.js';

/**
 * Figures in their order; those of one series, which differ in the frame alone, together where the first of them is. Charts
 * are drawn, in a thread, while pictures are encoded.
 */
export const figuresMarkup = (
  figures: readonly Figure[],
  numbering: Numbering,
  thrift: number,
): Promise<readonly Markup[]> =>
  Promise.all(seriesOf(figures).map((moments) => seriesMarkup(moments, String(numbering.figure()), numbering, thrift)));

/** Figures of one series, which have one number. */
export const seriesMarkup = (
  moments: readonly Figure[],
  number: string,
  numbering: Numbering,
  thrift: number,
): Promise<Markup> =>
  moments.length === 1
    ? numberedFigure(moments[0], number, numbering, thrift)
    : momentsMarkup(moments, number, numbering, thrift);

/** Figures that differ in the frame alone together, where the first of them is. */
export function seriesOf(figures: readonly Figure[]): Figure[][] {
  const groups = new Map<unknown, Figure[]>();
  for (const figure of figures) {
    const key = figure.moment?.series ?? figure;
    groups.set(key, [...(groups.get(key) ?? []), figure]);
  }
  return [...groups.values()];
}

/** As many letters as a series has moments: 4a, 4b, … 4z, 4aa. */
const letter = (i: number): string =>
  (i < 26 ? '' : letter(Math.floor(i / 26) - 1)) + String.fromCharCode(97 + (i % 26));

/**
 * Figures of one series under a row of frames to choose from, by mouse or with the arrow keys; the style sheet shows the
 * chosen one, and all of them in print.
 */
async function momentsMarkup(
  figures: readonly Figure[],
  number: string,
  numbering: Numbering,
  thrift: number,
): Promise<Markup> {
  const group = numbering.id(`moments-${number}`);
  const moments: Markup[] = [];
  for (const [i, figure] of figures.entries()) {
    const choice = `${group}-${i + 1}`;
    const drawn = await numberedFigure(figure, `${number}${letter(i)}`, numbering, thrift);
    const state = i === 0 ? new Markup(' checked') : null;
    moments.push(
      html`<input type="radio" name="${group}" id="${choice}"${state}><label for="${choice}"><span class="hidden">Figure ${number}, frame </span>${figure.moment!.frame}</label><div class="moment">${drawn}</div>`,
    );
  }
  return html`<div class="moments" role="group" aria-label="Frames of figure ${number}"><span class="moments-title" aria-hidden="true">Frame</span>${moments}</div>`;
}

/**
 * A figure with its number and caption. In place of one that cannot be drawn stands a line that says why: the rest of the report is
 * shown.
 */
async function numberedFigure(figure: Figure, number: string, numbering: Numbering, thrift: number): Promise<Markup> {
  const id = numbering.id(`figure-${number}`);
  const caption = html`<figcaption><b class="number">Figure ${number}</b> <b>${figure.title}.</b> ${typeset(figure.caption)}</figcaption>`;
  try {
    const drawing = figure.kind === 'chart' ? await chartMarkup(figure, id) : await rasterMarkup(figure, thrift);
    return html`<figure id="${id}">${drawing}${caption}</figure>`;
  } catch (error) {
    if (!isXincError(error)) throw error;
    numbering.undrawn.push(error.message);
    return html`<figure id="${id}"><p class="note">${error.message}</p>${caption}</figure>`;
  }
}

/** Two drawings, for wide and for narrow pages; the style sheet shows one of them. */
export async function chartMarkup(figure: ChartFigure, id: string): Promise<Markup> {
  const [wide, narrow] = await Promise.all([
    renderChart(figure, { theme: PAGE, key: `${id}-wide-` }),
    renderChart(figure, { theme: PAGE, key: `${id}-narrow-`, narrow: true }),
  ]);
  return html`<div class="chart wide">${new Markup(wide)}</div><div class="chart narrow">${new Markup(narrow)}</div>`;
}
