import type { RasterPanel, RasterScale } from '@xinc/core';
import { thumbnail } from '../numeric/thumbnail.js';

/**
 * A panel of a map, averaged down to at most `maxPixels` pixels.
 * @param values [H·W]
 * @param scaleOf the panel's own scale, given what is drawn; without it, the figure's
 */
export function valuesPanel(
  title: string,
  values: ArrayLike<number>,
  { height, width }: { readonly height: number; readonly width: number },
  maxPixels: number,
  scaleOf?: (drawn: Float32Array) => RasterScale,
): RasterPanel {
  const plane = thumbnail(values, height, width, maxPixels);
  return {
    title,
    height: plane.height,
    width: plane.width,
    pixels: { kind: 'values', values: plane.values, ...(scaleOf && { scale: scaleOf(plane.values) }) },
  };
}
