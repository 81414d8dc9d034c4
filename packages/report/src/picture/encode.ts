import type { Buffer } from 'node:buffer';
import type { Frame, RasterPanel, RasterScale } from '@xinc/core';
import { colorTable, LEVELS, levelOf, parseColor } from '../figure/color-map.js';
import { encodeIndexedPng } from './indexed-png.js';
import { loadSharp } from './load-sharp.js';
import { averageDown, reducedExtents, sampleDown } from './resample.js';

/** A picture as PNG bytes and its own size in pixels. */
export interface EncodedPicture {
  readonly png: Buffer;
  readonly height: number;
  readonly width: number;
  /** Pixels of the whole picture without a finite value; they are transparent, or black. */
  readonly undefinedPixels: number;
}

/** The address under which the picture can stand inside a page. */
export const asUri = ({ png }: EncodedPicture): string => `data:image/png;base64,${png.toString('base64')}`;

/**
 * A panel as PNG, `factor` ≤ 1 of its size: values and labels with a palette, colours in full.
 * @param shared the figure's scale, for panels without one of their own
 */
export function encodePanel(panel: RasterPanel, shared: RasterScale | undefined, factor = 1): Promise<EncodedPicture> {
  const { height, width, pixels } = panel;
  if (pixels.kind === 'rgb') return encodeFrame({ height, width, rgb: pixels.rgb }, factor);
  if (pixels.kind === 'labels') return encodeLabels(height, width, pixels.labels, pixels.colors, factor);
  return encodeValues(height, width, pixels.values, scaleOf(pixels.values, pixels.scale ?? shared), factor);
}

/** The scale given, or one from the smallest to the largest finite value. */
export function scaleOf(values: ArrayLike<number>, scale: RasterScale | undefined): RasterScale {
  if (scale) return scale;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  return { map: 'sequential', domain: low < high ? [low, high] : [0, 1], label: '' };
}

/** Values [H·W] in the colours of a scale. */
export async function encodeValues(
  height: number,
  width: number,
  values: ArrayLike<number>,
  { map, domain }: RasterScale,
  factor = 1,
): Promise<EncodedPicture> {
  const size = reducedExtents(height, width, factor);
  const drawn = factor < 1 ? averageDown({ height, width, channels: 1, values }, size.height, size.width) : values;
  const table = colorTable(map);
  const colors = Array.from({ length: LEVELS }, (_, i) => [table[3 * i], table[3 * i + 1], table[3 * i + 2]] as const);
  const indices = new Uint8Array(size.height * size.width);
  let undefinedPixels = 0;
  for (let p = 0; p < values.length; p++) if (!Number.isFinite(values[p])) undefinedPixels++;
  for (let p = 0; p < indices.length; p++) {
    const level = levelOf(drawn[p], domain);
    indices[p] = level < 0 ? LEVELS : level;
  }
  const hole = undefinedPixels > 0 ? { colors: [...colors, [0, 0, 0] as const], transparent: LEVELS } : { colors };
  return { png: await encodeIndexedPng({ ...size, indices, ...hole }), ...size, undefinedPixels };
}

async function encodeLabels(
  height: number,
  width: number,
  labels: Uint16Array,
  colors: readonly string[],
  factor: number,
): Promise<EncodedPicture> {
  const size = reducedExtents(height, width, factor);
  const drawn =
    factor < 1 ? sampleDown({ height, width, channels: 1, values: labels }, size.height, size.width) : labels;
  const groups = colors.map(parseColor);
  const distinct = new Map(groups.map((color) => [color.join(), color]));
  if (distinct.size <= MOST_COLORS) {
    const places = new Map([...distinct.keys()].map((key, i) => [key, i]));
    const placeOf = groups.map((color) => places.get(color.join())!);
    const palette = [...distinct.values(), UNNAMED];
    const indices = Uint8Array.from(drawn, (label) => placeOf[label] ?? distinct.size);
    return { png: await encodeIndexedPng({ ...size, indices, colors: palette }), ...size, undefinedPixels: 0 };
  }
  const rgb = new Uint8Array(size.height * size.width * 3);
  for (let p = 0; p < drawn.length; p++) rgb.set(groups[drawn[p]] ?? UNNAMED, 3 * p);
  const sharp = loadSharp();
  const picture = sharp(rgb, { raw: { ...size, channels: 3 }, limitInputPixels: false });
  return { png: await picture.png().toBuffer(), ...size, undefinedPixels: 0 };
}

/** Colours of a palette at most, besides the colour of labels that no group has. */
const MOST_COLORS = 255;
const UNNAMED: readonly [number, number, number] = [128, 128, 128];

/** A frame in full colour; a pixel of which a channel is not finite is black, as a PNG without transparency has to have it. */
export async function encodeFrame(frame: Frame, factor = 1): Promise<EncodedPicture> {
  const size = reducedExtents(frame.height, frame.width, factor);
  const grid = { height: frame.height, width: frame.width, channels: 3, values: frame.rgb };
  const drawn = factor < 1 ? averageDown(grid, size.height, size.width) : frame.rgb;
  const { encodePng } = await import('@xinc/signals');
  let undefinedPixels = 0;
  // A pixel of two infinities has a sum that is not finite either.
  for (let i = 0; i < frame.rgb.length; i += 3) {
    if (!Number.isFinite(frame.rgb[i] + frame.rgb[i + 1] + frame.rgb[i + 2])) undefinedPixels++;
  }
  const rgb = drawn.slice();
  for (let i = 0; i < rgb.length; i += 3) {
    if (!Number.isFinite(rgb[i] + rgb[i + 1] + rgb[i + 2])) rgb.fill(0, i, i + 3);
  }
  return { png: await encodePng({ ...size, rgb }), ...size, undefinedPixels };
}
