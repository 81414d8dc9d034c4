import { XincError } from '@xinc/core';
import type { Region } from '../framing.js';
import { fullScale, type Pixels } from '../image/pixels.js';

/** Widths in pixels of what is not picture on a plate. */
export interface PlateBorders {
  /** Around all views together. */
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
  /** Between one row of views and the next; 0 unless given. */
  readonly betweenRows?: number;
  /** Between one column of views and the next; 0 unless given. */
  readonly betweenColumns?: number;
}

export interface PlateOptions {
  /** Views one above the other. */
  readonly rows: number;
  /** Views side by side. */
  readonly columns: number;
  /** Where the views lie; found from the tone of the plate's edge unless given. */
  readonly borders?: PlateBorders;
  /** What to leave off every side of a view, as a share of its height and width; 0.02 unless given. */
  readonly inset?: number;
}

/** A stretch of pixels along an axis: from `start` up to, but not including, `end`. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Where the views lie on a plate, a picture of `rows` × `columns` views: left to right, row after row, all of one
 * extent, so that they can be the frames of a video.
 *
 * Unless borders are given, what has the tone of the plate's outermost pixels is border. Along each axis, the
 * stretches between bands of border are the views, if there are as many as there should be; else what lies from the
 * first to the last of them is divided evenly.
 * @throws XincError `invalid-option` if the counts, borders or inset leave nothing of the views.
 */
export function planPlate(path: string, plate: Pixels, options: PlateOptions): Region[] {
  const { rows, columns, borders, inset = 0.02 } = options;
  const nothing = new XincError('invalid-option', `${path}: nothing is left of ${rows} rows of ${columns} views`, {
    subject: path,
    hint: 'Check the number of rows and columns, the borders and the inset.',
  });
  const widths = [inset, ...Object.values(borders ?? {})];
  if (!isCount(rows, plate.height) || !isCount(columns, plate.width) || widths.some((width) => !(width >= 0))) {
    throw nothing;
  }
  const [down, across] = borders
    ? [
        divide({ start: borders.top, end: plate.height - borders.bottom }, rows, borders.betweenRows),
        divide({ start: borders.left, end: plate.width - borders.right }, columns, borders.betweenColumns),
      ]
    : findViews(plate, rows, columns);
  const height = Math.floor(shortest(down) * (1 - 2 * inset));
  const width = Math.floor(shortest(across) * (1 - 2 * inset));
  if (!(height >= 1 && width >= 1)) throw nothing;
  return down.flatMap((y) => across.map((x) => ({ top: centred(y, height), left: centred(x, width), height, width })));
}

function isCount(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most;
}

/** Where a stretch of `length` starts when it lies in the middle of a span. */
function centred({ start, end }: Span, length: number): number {
  return Math.round((start + end - length) / 2);
}

function shortest(spans: readonly Span[]): number {
  return Math.min(...spans.map(({ start, end }) => end - start));
}

/** `count` equal parts of a span with `gap` between them. */
function divide({ start, end }: Span, count: number, gap = 0): Span[] {
  const length = (end - start - gap * (count - 1)) / count;
  return Array.from({ length: count }, (_, i) => {
    const from = start + i * (length + gap);
    return { start: from, end: from + length };
  });
}

/** The spans of the views down and across. */
function findViews(plate: Pixels, rows: number, columns: number): [Span[], Span[]] {
  const isView = separateBorder(plate);
  const { height, width } = plate;
  const down = new Float64Array(height);
  const across = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      down[y] += isView[y * width + x];
      across[x] += isView[y * width + x];
    }
  }
  return [spansOrParts(shares(down), rows), spansOrParts(shares(across), columns)];
}

/** Counts as shares of the largest. */
function shares(counts: Float64Array): Float64Array {
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  return counts.map((count) => count / most);
}

/** For every pixel whether it is nearer in tone to the picture's median than to that of its outermost pixels. */
function separateBorder(plate: Pixels): Uint8Array {
  const { height, width, channels, values } = plate;
  const tones = new Float32Array(height * width);
  for (let i = 0; i < tones.length; i++) {
    const [r, g, b] = [values[i * channels], values[i * channels + 1], values[i * channels + 2]];
    tones[i] = (0.2126 * r + 0.7152 * g + 0.0722 * b) / fullScale(plate);
  }
  const edge = tones.filter(
    (_, i) => i < width || i >= (height - 1) * width || i % width === 0 || (i + 1) % width === 0,
  );
  const border = median(edge);
  const threshold = Math.abs(median(tones) - border) / 2;
  return Uint8Array.from(tones, (tone) => (Math.abs(tone - border) > threshold ? 1 : 0));
}

function median(values: Float32Array): number {
  return Float32Array.from(values).sort()[values.length >> 1];
}

/**
 * A line across the plate is border below this share of the view pixels that the fullest line has: a dark subject
 * leaves more of its background.
 */
const BORDER_SHARE = 0.2;

/** From this share on, a line near the end of a view is view: between the two, the plate lies askew. */
const VIEW_SHARE = 0.75;

function spansOrParts(profile: Float64Array, count: number): Span[] {
  const spans = viewSpans(profile);
  if (spans.length === count) return spans.map((span) => trim(profile, span));
  const whole = { start: spans[0]?.start ?? 0, end: spans.at(-1)?.end ?? profile.length };
  return divide(trim(profile, whole), count);
}

/** The stretches without border, those aside that are short beside the longest: stains and torn edges. */
function viewSpans(profile: Float64Array): Span[] {
  const spans: Span[] = [];
  let start = 0;
  for (let i = 0; i <= profile.length; i++) {
    if (i < profile.length && profile[i] >= BORDER_SHARE) continue;
    if (i > start) spans.push({ start, end: i });
    start = i + 1;
  }
  const longest = Math.max(...spans.map((span) => span.end - span.start));
  return spans.filter((span) => span.end - span.start > longest / 2);
}

/** A span without the ends where the border still shows, a tenth of it at most on either side. */
function trim(profile: Float64Array, { start, end }: Span): Span {
  const most = Math.floor((end - start) / 10);
  let [from, to] = [start, end];
  while (from < start + most && profile[from] < VIEW_SHARE) from++;
  while (to > end - most && profile[to - 1] < VIEW_SHARE) to--;
  return { start: from, end: to };
}
