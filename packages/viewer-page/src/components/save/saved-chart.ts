import { formatCsv, formatJson } from '@xinc/core/formats';
import type { PageColors } from '../../color/page-colors.js';
import type { SvgDocument } from './png-of.js';
import { xml } from './xml.js';

/** The numbers of a chart: a row is a mark, or a point of a line. */
export interface ChartData {
  readonly columns: readonly { readonly name: string; readonly unit?: string; readonly description?: string }[];
  /** `null` is an empty cell; NaN and the infinities are written by their names. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** What a chart shows, to be kept as a file. */
export interface SavedChart {
  /** Stem of the file's name. */
  readonly name: string;
  readonly title: string;
  /** What is drawn and how to read it. */
  readonly caption: string;
  /** The drawing alone. */
  readonly drawing: () => SvgDocument | Promise<SvgDocument>;
  /** The numbers that are drawn. */
  readonly data: () => ChartData | Promise<ChartData>;
}

const MARGIN = 20;
const TITLE = { size: 16, line: 22 };
const CAPTION = { size: 13, line: 18 };
/** Widths of letters differ; on average a letter is this much of its size. */
const LETTER = 0.54;
/** The title and the caption have room for this much at least. */
const LEAST_WIDTH = 420;

/** The drawing with its title above it and its caption below. */
export function chartDocument(
  { title, caption }: Pick<SavedChart, 'title' | 'caption'>,
  drawing: SvgDocument,
  { surface, ink, muted }: PageColors,
): SvgDocument {
  const room = Math.max(drawing.width, LEAST_WIDTH);
  const titles = wrap(title, room, TITLE.size);
  const captions = wrap(caption, room, CAPTION.size);
  const drawingTop = MARGIN + TITLE.line * titles.length + 8;
  const captionTop = drawingTop + drawing.height + 8;
  const width = Math.ceil(room + 2 * MARGIN);
  const height = Math.ceil(captionTop + CAPTION.line * captions.length + MARGIN);
  const lines = [
    ...titles.map((line, i) => textAt(line, MARGIN + TITLE.line * i + TITLE.size, TITLE.size, ink, 600)),
    ...captions.map((line, i) => textAt(line, captionTop + CAPTION.line * i + CAPTION.size, CAPTION.size, muted, 400)),
  ];
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, Helvetica, Arial, sans-serif">
<title>${xml(title)}</title>
<rect width="${width}" height="${height}" fill="${xml(surface)}"/>
${lines.join('\n')}
<svg x="${MARGIN}" y="${drawingTop}" width="${drawing.width}" height="${drawing.height}">${drawing.text}</svg>
</svg>
`;
  return { text, width, height };
}

function textAt(line: string, y: number, size: number, color: string, weight: number): string {
  return `<text x="${MARGIN}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${xml(color)}">${xml(line)}</text>`;
}

/** Lines of whole words, each as wide as there is room for. */
function wrap(text: string, room: number, size: number): string[] {
  const most = Math.max(1, Math.floor(room / (LETTER * size)));
  const lines: string[] = [];
  for (const word of text.split(/ +/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** The numbers as CSV; units stand in the header, in brackets. */
export const chartCsv = ({ columns, rows }: ChartData): string =>
  formatCsv({ columns: columns.map(({ description = '', ...column }) => ({ ...column, description })), rows });

/** The numbers as JSON, with what they are; NaN and the infinities, which JSON has not, are texts. */
export function chartJson(
  { title, caption }: Pick<SavedChart, 'title' | 'caption'>,
  { columns, rows }: ChartData,
): string {
  const named = rows.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i]])));
  return `${formatJson({ title, caption, columns, rows: named }, 1)}\n`;
}
