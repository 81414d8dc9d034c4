import type { Extent } from '../size.js';

/** A label map as it was stored: one whole number per pixel, row-major [H, W]; only float64 holds negative ones. */
export interface LabelValues extends Extent {
  readonly values: Uint32Array | Float64Array;
  /** The colours of a palette, `#rrggbb` by value. */
  readonly colors?: ReadonlyMap<number, string>;
  /** The EXIF orientation that the file itself has, 1 to 8. */
  readonly orientation?: number;
}
