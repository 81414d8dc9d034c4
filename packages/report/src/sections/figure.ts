import { type ChartFigure, type Figure, isXincError } from '@xinc/core';
import { drawChart } from '../figure/chart.js';
import { PAGE } from '../figure/theme.js';
import { html, Markup } from '../html/markup.js';
import type { Numbering } from './numbering.js';
import { rasterMarkup } from './raster.js';

/**
 * A figure with its number and caption. One that cannot be drawn leaves a line that says why: the rest of the report is
 * worth having.
 */
export async function figureMarkup(figure: Figure, numbering: Numbering, thrift = 1): Promise<Markup> {
  const number = numbering.figure();
  const id = numbering.id(`figure-${number}`);
  const caption = html`<figcaption><b class="number">Figure ${number}</b> <b>${figure.title}.</b> ${figure.caption}</figcaption>`;
  try {
    const drawing = figure.kind === 'chart' ? await chartMarkup(figure, id) : await rasterMarkup(figure, thrift);
    return html`<figure id="${id}">${drawing}${caption}</figure>`;
  } catch (error) {
    if (!isXincError(error)) throw error;
    return html`<figure id="${id}"><p class="note">${error.message}</p>${caption}</figure>`;
  }
}

/** Two drawings, for wide and for narrow pages; the style sheet shows one of them. */
export async function chartMarkup(figure: ChartFigure, id: string): Promise<Markup> {
  const wide = await drawChart(figure, { theme: PAGE, key: `${id}-wide-` });
  const narrow = await drawChart(figure, { theme: PAGE, key: `${id}-narrow-`, narrow: true });
  return html`<div class="chart wide">${new Markup(wide)}</div><div class="chart narrow">${new Markup(narrow)}</div>`;
}
