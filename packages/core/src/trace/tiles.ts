import type { Region } from '@xinc/kernels';
import type { Inr } from '../inr.js';
import { pixelsAtOnce } from '../pixels-at-once.js';

/** Whole rows of a region that are traced at once. */
export interface Tile {
  readonly region: Region;
  /** Place of its first pixel among the pixels of the whole region. */
  readonly offset: number;
  /** Flat indices in the frame. */
  readonly pixels: Uint32Array;
}

/**
 * A network of pixels is traced some rows at a time, since its activations ([P, N]) grow with the picture; one of frames
 * at once. Tiles depend on the picture's size and the widest layer alone, so results do not depend on anything else.
 */
export function tilesOf(inr: Inr, region?: Region): Tile[] {
  const { height, width } = inr.signal;
  const whole = region ?? { top: 0, left: 0, height, width };
  const rowsAtOnce =
    inr.sampling === 'frames' ? whole.height : Math.max(1, Math.floor(pixelsAtOnce(inr) / whole.width));
  return Array.from({ length: Math.ceil(whole.height / rowsAtOnce) }, (_, i) => {
    const top = i * rowsAtOnce;
    const rows = Math.min(rowsAtOnce, whole.height - top);
    const start = (whole.top + top) * width + whole.left;
    const pixels = Uint32Array.from(
      { length: inr.sampling === 'frames' ? 0 : rows * whole.width },
      (_, p) => start + Math.floor(p / whole.width) * width + (p % whole.width),
    );
    return {
      region: { top: whole.top + top, left: whole.left, height: rows, width: whole.width },
      offset: top * whole.width,
      pixels,
    };
  });
}
