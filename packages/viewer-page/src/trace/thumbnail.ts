import { cellMeans } from '@xinc/core';

/** Extents of a thumbnail: at most `most` cells wide and high, cells as square as the picture's pixels. */
export function thumbnailExtents(height: number, width: number, most: number): { height: number; width: number } {
  const shrink = Math.max(1, Math.max(height, width) / most);
  return { height: Math.max(1, Math.round(height / shrink)), width: Math.max(1, Math.round(width / shrink)) };
}

/**
 * Means of a plane [H, W] over the cells of a smaller one [h, w]. A pixel belongs to the cell that its centre lies in.
 * @param cells receives [h · w]
 */
export function shrinkPlane(
  plane: Float32Array,
  from: { readonly height: number; readonly width: number },
  to: { readonly height: number; readonly width: number },
  cells: Float32Array,
): void {
  cells.set(cellMeans(plane, cellsAlong(from.height, to.height), cellsAlong(from.width, to.width), to));
}

/** The cell that each of `from` pixels lies in, of `to` ≤ `from` cells. */
function cellsAlong(from: number, to: number): Uint32Array {
  return Uint32Array.from({ length: from }, (_, i) => Math.floor(((i + 0.5) * to) / from));
}
