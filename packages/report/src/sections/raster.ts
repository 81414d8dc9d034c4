import { counted, type RasterFigure, type RasterPanel, type RasterScale } from '@xinc/core';
import { colorStops } from '../figure/color-map.js';
import { columnsOf, placeScales, ticksOf } from '../figure/raster-layout.js';
import { html, type Markup } from '../html/markup.js';
import { plainNumber } from '../html/numbers.js';
import { asUri, type EncodedPicture, encodePanel } from '../picture/encode.js';
import { reduction } from '../picture/resample.js';

/** Width of the column of figures, CSS pixels. */
export const FIGURE_WIDTH = 920;
/** Picture pixels per CSS pixel; more would make the page larger without being seen. */
const DENSITY = 1.5;
/** Pixels of one panel at most, so that no single figure makes the page too large to send. */
const PANEL_PIXELS = 2 ** 17;

/** What small panels have no room for: that a kernel is one, `4→27 (2011)` says. */
const KERNEL = /^kernel (?=\d+→)/;

/**
 * The pictures of a raster figure side by side, each no larger than it is shown.
 * @param thrift ≤ 1, part of the usual resolution, in pixels
 */
export async function rasterMarkup(figure: RasterFigure, thrift: number): Promise<Markup> {
  const columns = columnsOf(figure);
  const { perPanel, below } = placeScales(figure);
  const shownWidth = FIGURE_WIDTH / columns;
  const small = columns > 4;
  const panels: Markup[] = [];
  for (const [i, panel] of figure.panels.entries()) {
    const picture = await encodePanel(panel, figure.scale, panelReduction(panel, columns, thrift));
    panels.push(
      html`<div class="panel"><p class="panel-title">${small ? panel.title.replace(KERNEL, '') : panel.title}</p>${pictureMarkup(picture, `${panel.title}: ${whatIsDrawn(panel, figure.scale)}`, shownWidth)}${perPanel[i] && colorBar(perPanel[i])}</div>`,
    );
  }
  return html`<div class="panels${small && ' small'}" style="--columns:${columns}">${panels}</div>${below.length > 0 && html`<div class="bars">${below.map(colorBar)}</div>`}`;
}

/** By how much a panel is drawn smaller than it is. */
export function panelReduction({ height, width }: RasterPanel, columns: number, thrift = 1): number {
  const widest = Math.max(96, (FIGURE_WIDTH / columns) * DENSITY);
  return reduction(height, width, {
    width: widest * Math.sqrt(thrift),
    pixels: PANEL_PIXELS * thrift,
  });
}

/** A picture inside the page; pixels stay square and sharp where it is shown larger than it is. */
export function pictureMarkup(picture: EncodedPicture, alternative: string, shownWidth: number): Markup {
  const sharp = picture.width * 1.2 < shownWidth;
  return html`<img src="${asUri(picture)}" width="${picture.width}" height="${picture.height}" alt="${alternative}"${sharp && html` class="pixels"`}>${
    picture.undefinedPixels > 0 &&
    html`<p class="note">${counted(picture.undefinedPixels, 'pixel')} without a value</p>`
  }`;
}

function whatIsDrawn({ pixels }: RasterPanel, shared: RasterScale | undefined): string {
  if (pixels.kind === 'rgb') return 'picture';
  if (pixels.kind === 'labels') return `label map of ${counted(pixels.colors.length, 'group')}`;
  const scale = pixels.scale ?? shared;
  return scale ? `map of ${scale.label} from ${scale.domain.map((end) => plainNumber(end, 3)).join(' to ')}` : 'map';
}

/** A colour bar with its numbers; the colours are a gradient of the style sheet. */
export function colorBar(scale: RasterScale): Markup {
  const ticks = ticksOf(scale);
  return html`<div class="bar"><div class="bar-colors" style="background:linear-gradient(to right,${colorStops(scale.map).join(',')})"></div><div class="bar-ticks"><span>${plainNumber(ticks[0].value, 3)}</span><span>${scale.label}</span><span>${plainNumber(ticks[ticks.length - 1].value, 3)}</span></div></div>`;
}
