import type { MapBlock } from '../trace/map-block.js';

/** A reduction over contribution maps. Partial results of disjoint neurons or pixels must merge to that of their union. */
export interface CustomCollector<R = unknown> {
  readonly name: string;
  /** A fresh accumulator for one layer and frame. */
  start(layer: { readonly id: string; readonly neurons: number; readonly height: number; readonly width: number }): {
    accept(block: MapBlock): void;
    result(): R;
  };
}
