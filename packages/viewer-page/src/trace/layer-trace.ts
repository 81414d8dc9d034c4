import type { Region } from '@xinc/kernels';

/** Answers that come in parts say what is known so far with `update`; what is not yet known is NaN. */
export interface Progress<T> {
  readonly signal?: AbortSignal;
  readonly update?: (known: T) => void;
}

/** A_n and T(p) of a layer on a frame. */
export interface LayerTotals {
  /** A_n = Σ_p |c_n(p)|, [N]; NaN where not yet known. */
  readonly sums: Float64Array;
  /** The largest |c_n(p)| per neuron, [N]; NaN where not yet known. */
  readonly largest: Float32Array;
  /** T(p) = Σ_n |c_n(p)|, [H · W]; absent until all neurons are traced. */
  readonly pixelTotals?: Float64Array;
  /** Neurons traced so far. */
  readonly known: number;
}

export interface Thumbnail {
  readonly neuron: number;
  readonly height: number;
  readonly width: number;
  /** Signed means of the map, [height · width]. */
  readonly cells: Float32Array;
}

/** Pixels of a rectangle, by group. */
export interface GroupedPixels {
  readonly bounds: Region;
  /** [bounds.height · bounds.width] */
  readonly labels: Uint16Array;
  readonly groups: number;
}

/** A layer on a frame, open for tracing. Every answer is computed anew from weights and activations. */
export interface LayerTrace {
  readonly neurons: number;
  readonly height: number;
  readonly width: number;
  /** Whether no contribution of this layer is negative. */
  readonly nonnegative: boolean;
  /** c_n(p) of every neuron at a pixel, signed, [N]. */
  values(row: number, column: number, progress?: Progress<Float32Array>): Promise<Float32Array>;
  /** c_n of a neuron, signed, [H · W]. */
  map(neuron: number, signal?: AbortSignal): Promise<Float32Array>;
  /** Small maps of many neurons, each given to `receive` when it is there. */
  thumbnails(
    neurons: readonly number[],
    width: number,
    receive: (thumbnails: readonly Thumbnail[]) => void,
    signal?: AbortSignal,
  ): Promise<void>;
  /** S[n, g] = Σ_{p∈g} |c_n(p)|, [n · G] neuron-major, of these neurons or of all. */
  sums(
    pixels: GroupedPixels,
    neurons: readonly number[] | null,
    progress?: Progress<Float64Array>,
  ): Promise<Float64Array>;
  /**
   * `mapMoments` of these neurons' maps, or of all, with a plane over the rectangle `bounds`: [n, 3].
   * @param plane [bounds.height · bounds.width]
   */
  moments(
    plane: Float32Array,
    bounds: Region,
    neurons: readonly number[] | null,
    progress?: Progress<Float64Array>,
  ): Promise<Float64Array>;
  totals(progress?: Progress<LayerTotals>): Promise<LayerTotals>;
  /** Σ_n | a_n(p) − a_n'(p) | of all neurons, [H · W], where a' is the same layer on another frame, opened in the same way. */
  change(previous: LayerTrace, signal?: AbortSignal): Promise<Float64Array>;
  /** Says that this trace is no longer needed. */
  release(): void;
}
