import type { Region } from './region.js';
import type { Source } from './source.js';

/** What to gather while maps stream by. All of it reads a_n(p) = |c_n(p)|; P is the number of pixels of the region. */
export interface ReduceRequest {
  /** The whole picture where absent. */
  readonly region?: Region;
  /** A_n, min and max of a_n. */
  readonly neuronTotals?: boolean;
  /** T(p) = Σ_n a_n(p). */
  readonly pixelTotals?: boolean;
  /** S[n, g] = Σ_{p∈g} a_n(p). Labels are read once per array of groupings: pass the same array for every layer. */
  readonly groupings?: readonly Grouping[];
  /** Counts of a_n(p) in the bins of `HISTOGRAM`. */
  readonly histogram?: boolean;
  /** [P], for the number of pixels where a_n(p) > pixelThreshold[p]: T(p) / N for the paper's pixels per neuron. */
  readonly pixelThreshold?: Float32Array;
  /** For the number of neurons with a_n(p) > τ, per pixel and τ. */
  readonly taus?: readonly number[];
  /** The same layer on another frame, opened by the same kernels, for Σ_n | a_n(p) − a_n'(p) |. */
  readonly previous?: Source;
}

/** A partition of the region's pixels. */
export interface Grouping {
  /** [P], row by row, each below `groups`. */
  readonly labels: Uint16Array;
  readonly groups: number;
}

/** What was requested of neurons start … end − 1, n = end − start of them. What was not requested is absent. */
export interface ReduceResult {
  readonly neuronTotals?: {
    /** [n] */
    readonly sum: Float64Array;
    /** [n] */
    readonly min: Float32Array;
    /** [n] */
    readonly max: Float32Array;
  };
  /** [P] */
  readonly pixelTotals?: Float64Array;
  /** One [n · G], neuron-major, per grouping. */
  readonly groupSums?: readonly Float64Array[];
  /** [n] */
  readonly pixelsPerNeuron?: Uint32Array;
  /** [P] */
  readonly change?: Float64Array;
}

/**
 * Counts over all neurons of a reduction: exact, so that they are the same in any order. What was not requested is absent.
 */
export interface ReduceCounts {
  /** [HISTOGRAM.bins] */
  readonly histogram?: Float64Array;
  /** One [P] per τ. */
  readonly neuronsPerPixel?: readonly Uint32Array[];
}

/** Neurons of a layer that stream through reductions, some at a time, without their maps being kept. */
export interface Reduction {
  /**
   * Streams neurons start … end − 1, and gives what was requested of these alone.
   * @throws KernelError where the layer was disposed of
   */
  add(start: number, end: number): ReduceResult;
  /** Counts of the neurons that were streamed so far. */
  counts(): ReduceCounts;
  /** Frees the memory. The reduction cannot be used any more. */
  dispose(): void;
}
