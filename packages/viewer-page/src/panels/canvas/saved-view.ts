import type { ColorScale } from '../../color/color-scale.js';
import { cssColors } from '../../color/color-table.js';
import { formatValue } from '../../color/number-format.js';
import type { SvgDocument } from '../../components/save/png-of.js';
import { xml } from '../../components/save/xml.js';
import type { Zoom } from '../../state/zoom.js';
import type { Extents } from './picture-fit.js';

/** A picture of the large view, to be kept as a file. */
export interface SavedView {
  /** Extents of the picture, in its pixels. */
  readonly extents: Extents;
  readonly zoom: Zoom;
  /** What lies one above the other, the lowest first: addresses of PNGs. */
  readonly layers: readonly { readonly address: string; readonly opacity: number }[];
  /** What is shown, the title first. */
  readonly caption: readonly string[];
  /** What colours mean, where they stand for values. */
  readonly bars: readonly { readonly scale: ColorScale; readonly label: string }[];
}

/** Width of the picture in the file, and the room around it; in CSS pixels. */
const WIDTH = 960;
const MARGIN = 24;
const LINE = 22;
const BAR = { width: 320, height: 12, room: 62 };

/** The view as an SVG document, whose pictures are within it. */
export function viewSvg({ extents, zoom, layers, caption, bars }: SavedView): SvgDocument {
  const pictureHeight = (WIDTH * extents.height) / extents.width;
  const [seenWidth, seenHeight] = [extents.width / zoom.scale, extents.height / zoom.scale];
  const seen = [
    zoom.x * extents.width - seenWidth / 2,
    zoom.y * extents.height - seenHeight / 2,
    seenWidth,
    seenHeight,
  ];
  const width = WIDTH + 2 * MARGIN;
  const below = MARGIN + pictureHeight;
  const barsTop = below + LINE * caption.length + 16;
  const height = Math.ceil(barsTop + (bars.length > 0 ? BAR.room : 0) + MARGIN / 2);
  const images = layers.map(
    ({ address, opacity }) =>
      `<image href="${xml(address)}" width="${extents.width}" height="${extents.height}" opacity="${opacity}" preserveAspectRatio="none" style="image-rendering:pixelated"/>`,
  );
  const lines = caption.map(
    (line, i) =>
      `<text x="${MARGIN}" y="${below + LINE * (i + 1)}" font-size="${i === 0 ? 16 : 14}"${i === 0 ? ' font-weight="600"' : ''}>${xml(line)}</text>`,
  );
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, Helvetica, Arial, sans-serif" fill="#1b1e24">
<rect width="${width}" height="${height}" fill="#ffffff"/>
<svg x="${MARGIN}" y="${MARGIN}" width="${WIDTH}" height="${pictureHeight}" viewBox="${seen.join(' ')}" preserveAspectRatio="none">${images.join('')}</svg>
${lines.join('\n')}
${bars.map((bar, i) => barSvg(bar, i, MARGIN + i * (BAR.width + 2 * MARGIN), barsTop)).join('\n')}
</svg>
`;
  return { text, width, height };
}

function barSvg({ scale, label }: SavedView['bars'][number], i: number, x: number, y: number): string {
  const colors = cssColors(scale.table, 33);
  const stops = colors.map((color, k) => `<stop offset="${k / (colors.length - 1)}" stop-color="${color}"/>`);
  const ticks = scale.low < 0 && scale.high > 0 ? [scale.low, 0, scale.high] : [scale.low, scale.high];
  const texts = ticks.map((tick, k) => {
    const share = k / (ticks.length - 1);
    const anchor = ['start', 'middle', 'end'][Math.round(2 * share)];
    return `<text x="${x + share * BAR.width}" y="${y + BAR.height + 16}" font-size="12" text-anchor="${anchor}">${xml(formatValue(tick))}</text>`;
  });
  return `<linearGradient id="bar${i}">${stops.join('')}</linearGradient><rect x="${x}" y="${y}" width="${BAR.width}" height="${BAR.height}" fill="url(#bar${i})"/>${texts.join('')}<text x="${x}" y="${y + BAR.height + 34}" font-size="12">${xml(label)}</text>`;
}
