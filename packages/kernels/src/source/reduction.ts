import { HISTOGRAM } from '../histogram.js';
import type { ReduceRequest, ReduceResult } from '../reduce-request.js';
import type { Region } from '../region.js';
import type { WasmExports } from '../wasm/exports.js';
import { Allocations, type WasmMemory } from '../wasm/memory.js';
import { LANES, VECTOR } from '../wasm/row-source.js';
import { type LaneLayer, lanesOf } from './lane-stream.js';

/** The fields of `Reduction` in assembly/reduce.ts, in their order. */
const FIELDS = [
  'rows',
  'width',
  'lanes',
  'source',
  'previous',
  'totals',
  'pixelTotals',
  'groupingCount',
  'groupings',
  'histogram',
  'firstBin',
  'lastBin',
  'pixelThreshold',
  'pixelsPerNeuron',
  'tauCount',
  'taus',
  'neuronsPerPixel',
  'change',
] as const;

/** Bytes of a totals record: four float64 sums, minima, maxima. */
const TOTALS_BYTES = 64;

/** Streams neurons start … end − 1 through the reductions of `request`, four at a time. */
export function reduceLayer(
  memory: WasmMemory,
  wasm: WasmExports,
  layer: LaneLayer,
  previous: LaneLayer | undefined,
  [start, end]: readonly [number, number],
  region: Region,
  request: ReduceRequest,
): ReduceResult {
  const neurons = end - start;
  const pixels = region.height * region.width;
  const own = new Allocations(memory);
  try {
    const stream = layer.contributions(region);
    const before = previous?.contributions(region);
    const groupings = (request.groupings ?? []).map(({ labels, groups }) => ({
      groups,
      labels: own.place(labels),
      // Two float32 accumulators per group, and their float64 sum.
      sums: own.zeros(groups * 2 * VECTOR),
      promoted: own.allocate(groups * 2 * VECTOR),
      result: new Float64Array(neurons * groups),
    }));
    const taus = request.taus ?? [];
    const at = {
      totals: own.allocate(TOTALS_BYTES),
      pixelTotals: request.pixelTotals ? own.zeros(pixels * VECTOR) : 0,
      groupings: own.place(Int32Array.from(groupings.flatMap((g) => [g.labels, g.sums, g.promoted, g.groups]))),
      histogram: request.histogram ? own.zeros(4 * HISTOGRAM.bins) : 0,
      pixelThreshold: request.pixelThreshold ? own.place(request.pixelThreshold) : 0,
      pixelsPerNeuron: own.allocate(VECTOR),
      taus: own.place(Float32Array.from(taus)),
      neuronsPerPixel: own.zeros(4 * taus.length * pixels),
      change: before ? own.zeros(pixels * VECTOR) : 0,
    };
    const job = own.allocate(4 * FIELDS.length);
    const histogram = new Float64Array(request.histogram ? HISTOGRAM.bins : 0);
    const sum = new Float64Array(neurons);
    const min = new Float32Array(neurons);
    const max = new Float32Array(neurons);
    const pixelsPerNeuron = new Uint32Array(neurons);
    // uint32 bins hold this many neurons' pixels without overflow.
    const neuronsPerCount = Math.max(LANES, Math.floor((2 ** 32 - 1) / pixels) - LANES);
    let counted = 0;
    let first = 0;
    const range = Uint32Array.from({ length: neurons }, (_, i) => start + i);
    for (const lanes of lanesOf(layer, range)) {
      stream.prepare(lanes);
      before?.prepare(lanes);
      memory.doubles(at.totals, LANES).fill(0);
      memory.floats(at.totals + 32, LANES).fill(Number.POSITIVE_INFINITY);
      memory.floats(at.totals + 48, LANES).fill(0);
      memory.ints(at.pixelsPerNeuron, LANES).fill(0);
      for (const { promoted, groups } of groupings) memory.clear(promoted, groups * 2 * VECTOR);
      const fields: Record<(typeof FIELDS)[number], number> = {
        ...at,
        rows: region.height,
        width: region.width,
        lanes: lanes.length,
        source: stream.rows,
        previous: before?.rows ?? 0,
        groupingCount: groupings.length,
        firstBin: HISTOGRAM.firstBin,
        lastBin: HISTOGRAM.bins - 1,
        tauCount: taus.length,
      };
      memory.ints(job, FIELDS.length).set(FIELDS.map((field) => fields[field]));
      wasm.reduce(job);

      sum.set(memory.doubles(at.totals, lanes.length), first);
      min.set(memory.floats(at.totals + 32, lanes.length), first);
      max.set(memory.floats(at.totals + 48, lanes.length), first);
      pixelsPerNeuron.set(memory.ints(at.pixelsPerNeuron, lanes.length), first);
      for (const { promoted, groups, result } of groupings) {
        const sums = memory.doubles(promoted, LANES * groups);
        for (let lane = 0; lane < lanes.length; lane++) {
          for (let g = 0; g < groups; g++) result[(first + lane) * groups + g] = sums[LANES * g + lane];
        }
      }
      first += lanes.length;
      counted += lanes.length;
      if (request.histogram && (counted >= neuronsPerCount || first === neurons)) {
        const bins = new Uint32Array(memory.ints(at.histogram, HISTOGRAM.bins));
        for (let bin = 0; bin < bins.length; bin++) histogram[bin] += bins[bin];
        memory.clear(at.histogram, 4 * HISTOGRAM.bins);
        counted = 0;
      }
    }
    stream.free();
    before?.free();

    const addLanes = (vectors: number) => {
      const target = own.zeros(8 * pixels);
      wasm.addLanes(vectors, pixels, target);
      return memory.doubles(target, pixels).slice();
    };
    return {
      ...(request.neuronTotals && { neuronTotals: { sum, min, max } }),
      ...(request.pixelTotals && { pixelTotals: addLanes(at.pixelTotals) }),
      ...(request.groupings && { groupSums: groupings.map(({ result }) => result) }),
      ...(request.histogram && { histogram }),
      ...(request.pixelThreshold && { pixelsPerNeuron }),
      ...(request.taus && {
        neuronsPerPixel: taus.map((_, k) => new Uint32Array(memory.ints(at.neuronsPerPixel + 4 * k * pixels, pixels))),
      }),
      ...(before && { change: addLanes(at.change) }),
    };
  } finally {
    own.free();
  }
}
