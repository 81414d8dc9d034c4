import { cellMeans } from '@xinc/core';

export interface Plane {
  readonly height: number;
  readonly width: number;
  /** [H·W] */
  readonly values: Float32Array;
}

/**
 * The plane averaged over square cells of whole pixels until it has at most `maxPixels` pixels; as it is where it has no
 * more. Cells at the right and lower edge average the pixels they have.
 */
export function thumbnail(values: ArrayLike<number>, height: number, width: number, maxPixels: number): Plane {
  const cell = Math.ceil(Math.sqrt((height * width) / maxPixels));
  if (cell <= 1) return { height, width, values: Float32Array.from(values) };
  const rows = Math.ceil(height / cell);
  const columns = Math.ceil(width / cell);
  const along = (extent: number) => Uint32Array.from({ length: extent }, (_, i) => Math.floor(i / cell));
  const cells = { height: rows, width: columns };
  return { ...cells, values: cellMeans(values, along(height), along(width), cells) };
}
