import { HISTOGRAM, type ReduceCounts, type ReduceResult } from '@xinc/kernels';
import type { LayerStatistics } from '../statistics.js';
import type { Chunk } from './chunks.js';

/** What a pass gathers of a layer: results of chunks of neurons on tiles of pixels, merged in a fixed order. */
export interface PassRequest {
  readonly neuronTotals: boolean;
  readonly pixelTotals: boolean;
  /** Grouping name → number of groups. */
  readonly groupSums: Readonly<Record<string, number>>;
  readonly histogram: boolean;
  readonly pixelsPerNeuron: boolean;
  /** α and τ. */
  readonly thresholds: readonly { readonly area: number; readonly threshold: number }[];
  readonly change: boolean;
}

/** Sums of disjoint parts of one layer's maps, in float64. Merging is addition: any partition gives the same. */
export class LayerAccumulator {
  readonly #neurons: number;
  readonly #request: PassRequest;
  readonly #sum: Float64Array;
  readonly #min: Float32Array;
  readonly #max: Float32Array;
  readonly #pixelTotals: Float64Array;
  readonly #groupSums: readonly { readonly name: string; readonly groups: number; readonly sums: Float64Array }[];
  readonly #histogram: Float64Array;
  readonly #pixelsPerNeuron: Uint32Array;
  readonly #neuronsPerPixel: readonly Uint32Array[];
  readonly #change: Float64Array;

  constructor(neurons: number, pixels: number, request: PassRequest) {
    const when = (wanted: boolean, length: number) => (wanted ? length : 0);
    this.#neurons = neurons;
    this.#request = request;
    this.#sum = new Float64Array(when(request.neuronTotals, neurons));
    this.#min = new Float32Array(this.#sum.length).fill(Number.POSITIVE_INFINITY);
    this.#max = new Float32Array(this.#sum.length);
    this.#pixelTotals = new Float64Array(when(request.pixelTotals, pixels));
    this.#groupSums = Object.entries(request.groupSums).map(([name, groups]) => ({
      name,
      groups,
      sums: new Float64Array(neurons * groups),
    }));
    this.#histogram = new Float64Array(when(request.histogram, HISTOGRAM.bins));
    this.#pixelsPerNeuron = new Uint32Array(when(request.pixelsPerNeuron, neurons));
    this.#neuronsPerPixel = request.thresholds.map(() => new Uint32Array(pixels));
    this.#change = new Float64Array(when(request.change, pixels));
  }

  /**
   * Adds what a chunk of neurons gave on the pixels from `pixelOffset` on.
   */
  add({ start }: Chunk, pixelOffset: number, result: ReduceResult): void {
    const { neuronTotals } = result;
    if (neuronTotals) {
      addTo(this.#sum, start, neuronTotals.sum);
      for (let i = 0; i < neuronTotals.sum.length; i++) {
        this.#min[start + i] = Math.min(this.#min[start + i], neuronTotals.min[i]);
        this.#max[start + i] = Math.max(this.#max[start + i], neuronTotals.max[i]);
      }
    }
    if (result.pixelTotals) addTo(this.#pixelTotals, pixelOffset, result.pixelTotals);
    for (const [k, { groups, sums }] of this.#groupSums.entries()) {
      const part = result.groupSums?.[k];
      if (part) addTo(sums, start * groups, part);
    }
    if (result.pixelsPerNeuron) addTo(this.#pixelsPerNeuron, start, result.pixelsPerNeuron);
    if (result.change) addTo(this.#change, pixelOffset, result.change);
  }

  /** Adds what was counted over neurons on the pixels from `pixelOffset` on. */
  addCounts(pixelOffset: number, counts: ReduceCounts): void {
    if (counts.histogram) addTo(this.#histogram, 0, counts.histogram);
    for (const [k, part] of (counts.neuronsPerPixel ?? []).entries()) {
      addTo(this.#neuronsPerPixel[k], pixelOffset, part);
    }
  }

  result(): LayerStatistics {
    const request = this.#request;
    return {
      neurons: this.#neurons,
      custom: {},
      groupSums: Object.fromEntries(this.#groupSums.map(({ name, sums }) => [name, sums])),
      ...(request.neuronTotals && { neuronTotals: { sum: this.#sum, min: this.#min, max: this.#max } }),
      ...(request.pixelTotals && { pixelTotals: this.#pixelTotals }),
      ...(request.histogram && { histogram: { firstBin: HISTOGRAM.firstBin, counts: this.#histogram } }),
      ...(request.pixelsPerNeuron && { pixelsPerNeuron: this.#pixelsPerNeuron }),
      ...(request.thresholds.length > 0 && {
        neuronsPerPixel: request.thresholds.map((threshold, k) => ({
          ...threshold,
          counts: this.#neuronsPerPixel[k],
        })),
      }),
      ...(request.change && { change: this.#change }),
    };
  }
}

type Numbers = Float64Array | Uint32Array;

function addTo(target: Numbers, offset: number, part: Numbers): void {
  for (let i = 0; i < part.length; i++) target[offset + i] += part[i];
}
