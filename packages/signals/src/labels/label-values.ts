import type { Extent } from '../size.js';

/** A label map as it was stored: one number per pixel, row-major [H, W]. */
export interface LabelValues extends Extent {
  readonly values: Uint32Array;
  /** The colours of a palette, `#rrggbb` by value. */
  readonly colors?: ReadonlyMap<number, string>;
}
