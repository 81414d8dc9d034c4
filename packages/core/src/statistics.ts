import type { MapBlock } from './trace/map-block.js';

/**
 * What an analysis needs to know about every layer and frame. Requests of several analyses are united, so each
 * statistic is gathered once however many ask for it (method §4). All read a_n(p) = |c_n(p)|.
 */
export interface StatisticsRequest {
  /** A_n = Σ_p a_n(p), and the smallest and largest a_n(p), per neuron. */
  readonly neuronTotals?: boolean;
  /** T(p) = Σ_n a_n(p), per pixel. */
  readonly pixelTotals?: boolean;
  /** S[n, g] = Σ_{p∈g} a_n(p), for each grouping named. */
  readonly groupSums?: readonly string[];
  /** Counts of a_n(p) over the whole layer, in logarithmic bins, 1024 per octave. */
  readonly histogram?: boolean;
  /** #{p : a_n(p) > T(p)/N} per neuron. Needs a second pass. */
  readonly pixelsPerNeuron?: boolean;
  /** #{n : a_n(p) > τ} per pixel, τ where the largest values add up to 1 − α of the layer's total. Needs a second pass. */
  readonly neuronsPerPixel?: { readonly areas: readonly number[] };
  /** Σ_n |a_n^t(p) − a_n^{t−1}(p)|, the change from the frame before in the video (analysed or not), for t > 0. */
  readonly change?: boolean;
  /** Reductions that a plugin brings itself. They see every map in plain JavaScript, which is slower. */
  readonly custom?: readonly CustomCollector[];
}

/** The statistics of one layer on one frame. What was not requested is absent; an analysis that reads it gets an error. */
export interface LayerStatistics {
  readonly neurons: number;
  readonly neuronTotals?: NeuronTotals;
  /** [H·W] */
  readonly pixelTotals?: Float64Array;
  /** Grouping name → [N·G], neuron-major. */
  readonly groupSums: Readonly<Record<string, Float64Array>>;
  readonly histogram?: Histogram;
  /** [N] */
  readonly pixelsPerNeuron?: Uint32Array;
  readonly neuronsPerPixel?: readonly NeuronsPerPixel[];
  /** [H·W]; absent for frame 0. */
  readonly change?: Float64Array;
  /** Results of custom collectors by their name. */
  readonly custom: Readonly<Record<string, unknown>>;
}

export interface NeuronTotals {
  /** A_n, [N]. */
  readonly sum: Float64Array;
  /** [N] */
  readonly min: Float32Array;
  /** [N] */
  readonly max: Float32Array;
}

/**
 * Logarithmic histogram of non-negative float32 values: bin 0 counts zeros and nothing else, bin k > 0 positive values whose
 * bit pattern shifted right by 13 is `firstBin + k` (so 1024 bins per octave), and the last bin what is not finite.
 */
export interface Histogram {
  readonly firstBin: number;
  readonly counts: Float64Array;
}

export interface NeuronsPerPixel {
  /** α */
  readonly area: number;
  /** τ; NaN where the layer has values that are not finite. */
  readonly threshold: number;
  /** [H·W] */
  readonly counts: Uint32Array;
}

/** A reduction over contribution maps. Partial results of disjoint neurons or pixels must merge to that of their union. */
export interface CustomCollector<R = unknown> {
  readonly name: string;
  /** A fresh accumulator for one layer and frame. */
  start(layer: { readonly id: string; readonly neurons: number; readonly height: number; readonly width: number }): {
    accept(block: MapBlock): void;
    result(): R;
  };
}

/** The union of several requests. */
export function uniteRequests(requests: readonly StatisticsRequest[]): StatisticsRequest {
  const areas = [...new Set(requests.flatMap((r) => r.neuronsPerPixel?.areas ?? []))].sort((a, b) => a - b);
  const custom = new Map(requests.flatMap((r) => r.custom ?? []).map((collector) => [collector.name, collector]));
  return {
    neuronTotals: requests.some((r) => r.neuronTotals),
    pixelTotals: requests.some((r) => r.pixelTotals),
    groupSums: [...new Set(requests.flatMap((r) => r.groupSums ?? []))],
    histogram: requests.some((r) => r.histogram),
    pixelsPerNeuron: requests.some((r) => r.pixelsPerNeuron),
    change: requests.some((r) => r.change),
    custom: [...custom.values()],
    ...(areas.length > 0 && { neuronsPerPixel: { areas } }),
  };
}
