import type { Buffer } from 'node:buffer';
import type { Frame, RasterPanel, RasterScale } from '@xinc/core';
import { colorTable, levelOf, parseColor } from '../figure/color-map.js';
import { averageDown, reducedExtents, sampleDown } from './resample.js';

/** A picture as PNG bytes and its own size in pixels. */
export interface EncodedPicture {
  readonly png: Buffer;
  readonly height: number;
  readonly width: number;
  /** Pixels without a finite value; they are transparent. */
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
  const rgba = new Uint8Array(size.height * size.width * 4);
  let undefinedPixels = 0;
  for (let p = 0; p < size.height * size.width; p++) {
    const level = levelOf(drawn[p], domain);
    if (level < 0) {
      undefinedPixels++;
      continue;
    }
    for (let c = 0; c < 3; c++) rgba[4 * p + c] = table[3 * level + c];
    rgba[4 * p + 3] = 255;
  }
  return { png: await encodeIndexed(rgba, size), ...size, undefinedPixels };
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
  const palette = colors.map(parseColor);
  const rgba = new Uint8Array(size.height * size.width * 4);
  for (let p = 0; p < drawn.length; p++) rgba.set([...(palette[drawn[p]] ?? [128, 128, 128]), 255], 4 * p);
  const few = new Set(colors).size <= 256;
  return { png: few ? await encodeIndexed(rgba, size) : await encodeRgba(rgba, size), ...size, undefinedPixels: 0 };
}

/** A frame in full colour; values that are not finite are black, as a PNG without transparency has to have them. */
export async function encodeFrame(frame: Frame, factor = 1): Promise<EncodedPicture> {
  const size = reducedExtents(frame.height, frame.width, factor);
  const grid = { height: frame.height, width: frame.width, channels: 3, values: frame.rgb };
  const drawn = factor < 1 ? averageDown(grid, size.height, size.width) : frame.rgb;
  const { encodePng } = await import('@xinc/signals');
  let undefinedPixels = 0;
  const rgb = drawn.map((value) => {
    if (Number.isFinite(value)) return value;
    undefinedPixels++;
    return 0;
  });
  return { png: await encodePng({ ...size, rgb }), ...size, undefinedPixels: Math.ceil(undefinedPixels / 3) };
}

interface Size {
  readonly height: number;
  readonly width: number;
}

async function encodeIndexed(rgba: Uint8Array, { height, width }: Size): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  return sharp(rgba, { raw: { width, height, channels: 4 }, limitInputPixels: false })
    .png({ palette: true, colours: 256, dither: 0, quality: 100, effort: 1, compressionLevel: 9 })
    .toBuffer();
}

async function encodeRgba(rgba: Uint8Array, { height, width }: Size): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  return sharp(rgba, { raw: { width, height, channels: 4 }, limitInputPixels: false })
    .png()
    .toBuffer();
}
