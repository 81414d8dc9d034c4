import type { Reduction } from './reductions/reduce-lanes.js';
import type { Reductions } from './reductions/reducers.js';
import type { Region } from './region.js';

/** What to gather while maps stream by, and where. */
export interface ReduceRequest extends Reductions {
  /** The whole picture where absent. */
  readonly region?: Region;
  /** The same layer on another frame, opened by the same kernels, for what reads the frame before. */
  readonly previous?: Source;
}

/**
 * One layer on one frame, held in WebAssembly memory. Calls are synchronous.
 * @throws KernelError on requests that do not fit the layer, before anything is computed.
 */
export interface Source {
  readonly neurons: number;
  /** Extents of the picture. A dense source without `width` has one row. */
  readonly height: number;
  readonly width: number;
  /**
   * Signed contribution maps of any neurons inside a region, [n, region.height, region.width], neuron-major. Only what the
   * region needs is computed. Written to `out` (which must have that length) if given.
   */
  maps(neurons: ArrayLike<number>, region?: Region, out?: Float32Array): Float32Array;
  /**
   * What sums to the layer's pre-activation: for a convolution conv(x_i, K[o,i]) + b[o] / C_in, [n, h, w] at input resolution
   * (as is `region`); for a dense layer x_n · scale[n] + offset, [n, height, width].
   */
  responses(neurons: ArrayLike<number>, region?: Region): Float32Array;
  /** Begins to stream neurons through reductions, without keeping their maps. */
  reduction(request: ReduceRequest): Reduction;
  /** Frees the memory. The source cannot be used any more. */
  dispose(): void;
}
