import type { RasterFigure, RasterPanel, RasterScale } from '@xinc/core';
import { html, type Markup } from '../html/markup.js';
import { plainNumber } from '../html/numbers.js';
import { asUri, encodePanel } from '../picture/encode.js';
import { colorStops } from './color-map.js';
import { columnsOf, placeScales, ticksOf } from './raster-layout.js';
import { fitted, wrapped } from './text-width.js';
import { FONT, type Theme } from './theme.js';

/** CSS pixels. */
const PAGE_WIDTH = 960;
const LARGEST_PANEL = 640;
/** Height of a picture at most; one that is far taller than wide is drawn narrower than its panel. */
const LARGEST_HEIGHT = 960;
const MARGIN = 16;
const GAP = 12;
const TITLE = 20;
const BAR = 34;

/** The address of a panel's picture, which is drawn `width` CSS pixels wide. */
export type PanelPicture = (panel: RasterPanel, shared: RasterScale | undefined, width: number) => Promise<string>;

const printedPicture: PanelPicture = async (panel, shared) => asUri(await encodePanel(panel, shared));

/**
 * A raster figure as SVG: pictures inside it, scaled without smoothing, by default PNG at their own resolution; titles and
 * colour bars as vectors.
 */
export async function drawRaster(
  figure: RasterFigure,
  theme: Theme,
  picture: PanelPicture = printedPicture,
): Promise<string> {
  const columns = columnsOf(figure);
  const { perPanel, below } = placeScales(figure);
  const panelWidth = Math.min(LARGEST_PANEL, (PAGE_WIDTH - 2 * MARGIN - (columns - 1) * GAP) / columns);
  const contentWidth = Math.max(columns * panelWidth + (columns - 1) * GAP, 320);
  const extentOf = ({ height, width }: RasterPanel) => {
    const scale = Math.min(panelWidth / width, LARGEST_HEIGHT / height);
    return { height: scale * height, width: scale * width };
  };
  const hasBars = perPanel.some(Boolean);
  const heading = wrapped(figure.title, contentWidth, 15);
  let y = MARGIN + heading.length * 20 + 8;
  const parts: Markup[] = heading.map(
    (line, i) =>
      html`<text x="${MARGIN}" y="${MARGIN + 15 + i * 20}" font-size="15" font-weight="600" fill="${theme.ink}">${line}</text>`,
  );
  for (let first = 0; first < figure.panels.length; first += columns) {
    const row = figure.panels.slice(first, first + columns);
    const titles = row.map(({ title }) => wrapped(title, panelWidth, 11));
    const titleHeight = TITLE + 14 * (Math.max(...titles.map((lines) => lines.length)) - 1);
    const extents = row.map(extentOf);
    const pictureHeight = Math.max(...extents.map(({ height }) => height));
    for (const [i, panel] of row.entries()) {
      const x = MARGIN + i * (panelWidth + GAP);
      parts.push(
        ...titles[i].map(
          (line, n) => html`<text x="${x}" y="${y + 12 + 14 * n}" font-size="11" fill="${theme.muted}">${line}</text>`,
        ),
        html`<image x="${x}" y="${y + titleHeight}" width="${extents[i].width}" height="${extents[i].height}" preserveAspectRatio="none" style="image-rendering:pixelated" href="${await picture(panel, figure.scale, extents[i].width)}"/>`,
      );
      const scale = perPanel[first + i];
      if (scale) parts.push(colorBar(scale, x, y + titleHeight + extents[i].height + 6, panelWidth, theme));
    }
    y += titleHeight + pictureHeight + (hasBars ? BAR + 6 : 0) + GAP;
  }
  for (const [i, scale] of below.entries()) {
    const width = Math.min(300, (contentWidth - GAP) / below.length);
    parts.push(colorBar(scale, MARGIN + i * (width + 2 * GAP), y, width, theme));
  }
  if (below.length > 0) y += BAR + GAP;
  const [fullWidth, fullHeight] = [contentWidth + 2 * MARGIN, y + MARGIN - GAP];
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${fullWidth}" height="${fullHeight}" viewBox="0 0 ${fullWidth} ${fullHeight}" role="img" font-family="${FONT}"><title>${figure.title}</title><desc>${figure.caption}</desc>${theme.background && html`<rect width="100%" height="100%" fill="${theme.background}"/>`}${parts}</svg>`
    .text;
}

function colorBar(scale: RasterScale, x: number, y: number, width: number, theme: Theme): Markup {
  const stops = colorStops(scale.map);
  const id = `bar-${Math.round(x)}-${Math.round(y)}`;
  const ticks = ticksOf(scale).map(({ value, share }) => ({
    text: plainNumber(value, 3),
    x: x + share * width,
    anchor: share < 0.02 ? 'start' : share > 0.98 ? 'end' : 'middle',
  }));
  const label = ticks.length === 2 ? { x: x + width / 2, y: y + 20 } : { x: x + width / 2, y: y + 32 };
  return html`<defs><linearGradient id="${id}">${stops.map(
    (color, i) => html`<stop offset="${i / (stops.length - 1)}" stop-color="${color}"/>`,
  )}</linearGradient></defs><rect x="${x}" y="${y}" width="${width}" height="8" fill="url(#${id})"/>${ticks.map(
    (tick) =>
      html`<text x="${tick.x}" y="${y + 20}" font-size="10" text-anchor="${tick.anchor}" fill="${theme.muted}">${tick.text}</text>`,
  )}<text x="${label.x}" y="${label.y}" font-size="10" text-anchor="middle" fill="${theme.muted}">${fitted(scale.label, width - (ticks.length === 2 ? 90 : 0), 10)}</text>`;
}
