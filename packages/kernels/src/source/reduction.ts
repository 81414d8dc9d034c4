import { HISTOGRAM } from '../histogram.js';
import type { ReduceRequest, Reduction } from '../reduce-request.js';
import type { Region } from '../region.js';
import type { WasmExports } from '../wasm/exports.js';
import { Allocations, type WasmMemory } from '../wasm/memory.js';
import { LANES, VECTOR } from '../wasm/rows.js';
import { type LaneLayer, type LaneStream, lanesOf } from './lane-stream.js';
import { type PlannedPartition, placePartition } from './partition.js';

/** The fields of `Reduction` in assembly/reduce.ts, in their order. */
const FIELDS = [
  'height',
  'width',
  'laneBits',
  'rows',
  'previous',
  'buffer',
  'previousBuffer',
  'totals',
  'pixelTotals',
  'partitionCount',
  'partitions',
  'histogram',
  'bins',
  'pixelThreshold',
  'pixelsPerNeuron',
  'tauCount',
  'taus',
  'neuronsPerPixel',
  'change',
] as const;

/** Bytes of a totals record: four float64 sums, minima, maxima. */
const TOTALS_BYTES = 4 * VECTOR;
/** Pixels that assembly/reduce.ts takes at once. */
const STRIP = 256;
/** float32 sums per pixel are added to float64 ones after this many quads of neurons, which bounds their rounding. */
const QUADS_PER_PROMOTION = 16;

/**
 * Streams neurons through the reductions of `request`, four at a time.
 * @param plan of the request's groupings
 */
export function openReduction(
  memory: WasmMemory,
  wasm: WasmExports,
  layer: LaneLayer,
  previous: LaneLayer | undefined,
  region: Region,
  request: ReduceRequest,
  plan: readonly PlannedPartition[],
): Reduction {
  const pixels = region.height * region.width;
  const own = new Allocations(memory);
  const streams: LaneStream[] = [];
  const dispose = () => {
    own.free();
    for (const stream of streams.splice(0)) stream.free();
  };
  const open = (of: LaneLayer): LaneStream => {
    streams.push(of.contributions(region));
    return streams[streams.length - 1];
  };
  try {
    const stream = open(layer);
    const before = previous && open(previous);
    const { groupings = [], taus = [] } = request;
    const groupSums = groupings.map(({ groups }) => ({ groups, at: own.zeros(groups * 2 * VECTOR) }));
    const sumsAt = groupSums.map(({ at }) => at);
    const partitions = plan.map((partition) => placePartition(own, partition, sumsAt));
    const perPixel = (wanted: boolean) =>
      wanted ? { quads: own.zeros(4 * pixels), all: own.allocate(8 * pixels) } : undefined;
    const pixelTotals = perPixel(request.pixelTotals ?? false);
    const change = perPixel(before !== undefined);
    const bins = request.histogram ? HISTOGRAM.bins : 0;
    const fields: Record<(typeof FIELDS)[number], number> = {
      height: region.height,
      width: region.width,
      laneBits: 0,
      rows: stream.rows,
      previous: before?.rows ?? 0,
      buffer: own.allocate(STRIP * VECTOR),
      previousBuffer: own.zeros(STRIP * VECTOR),
      totals: own.allocate(TOTALS_BYTES),
      pixelTotals: pixelTotals?.quads ?? 0,
      partitionCount: partitions.length,
      partitions: own.place(Uint32Array.from(partitions, ({ addresses }) => addresses)),
      histogram: request.histogram ? own.zeros(4 * bins) : 0,
      bins: HISTOGRAM.bins,
      pixelThreshold: request.pixelThreshold ? own.place(request.pixelThreshold) : 0,
      pixelsPerNeuron: own.zeros(VECTOR),
      tauCount: taus.length,
      taus: own.place(Float32Array.from(taus)),
      neuronsPerPixel: own.zeros(4 * taus.length * pixels),
      change: change?.quads ?? 0,
    };
    const job = own.place(Int32Array.from(FIELDS, (name) => fields[name]));

    const histogram = new Float64Array(bins);
    // uint32 bins hold this many quads' pixels without overflow.
    const quadsPerCount = Math.max(1, Math.floor((2 ** 32 - 1) / (LANES * pixels)) - 1);
    let quadsCounted = 0;
    const takeBins = () => {
      const counted = memory.ints(fields.histogram, bins);
      for (let bin = 0; bin < bins; bin++) histogram[bin] += counted[bin] >>> 0;
      counted.fill(0);
      quadsCounted = 0;
    };

    return {
      add(start, end) {
        const neurons = end - start;
        const sum = new Float64Array(neurons);
        const min = new Float32Array(neurons);
        const max = new Float32Array(neurons);
        const pixelsPerNeuron = new Uint32Array(neurons);
        for (const sums of [pixelTotals, change]) if (sums) memory.clear(sums.all, 8 * pixels);

        // Nothing is allocated from here on, so that views of the memory stay valid.
        const laneBits = memory.ints(job + 4 * FIELDS.indexOf('laneBits'), 1);
        const totals = memory.doubles(fields.totals, LANES);
        const extremes = memory.floats(fields.totals + 2 * VECTOR, 2 * LANES);
        const counts = memory.ints(fields.pixelsPerNeuron, LANES);
        const groupViews = groupSums.map(({ groups, at }) => ({
          groups,
          sums: memory.doubles(at, LANES * groups),
          result: new Float64Array(neurons * groups),
        }));
        const promote = () => {
          for (const sums of [pixelTotals, change]) if (sums) wasm.promote(sums.quads, pixels, sums.all);
        };
        let [quads, first] = [0, 0];
        const range = Uint32Array.from({ length: neurons }, (_, i) => start + i);
        for (const lanes of lanesOf(layer, range)) {
          const n = lanes.length;
          stream.prepare(lanes);
          before?.prepare(lanes);
          laneBits[0] = (1 << n) - 1;
          totals.fill(0);
          extremes.fill(Number.POSITIVE_INFINITY, 0, LANES).fill(0, LANES);
          counts.fill(0);
          wasm.reduce(job);
          for (let lane = 0; lane < n; lane++) {
            sum[first + lane] = totals[lane];
            min[first + lane] = extremes[lane];
            max[first + lane] = extremes[LANES + lane];
            pixelsPerNeuron[first + lane] = counts[lane];
          }
          for (const partition of partitions) wasm.sumGroups(partition.records, partition.cells);
          for (const { groups, sums, result } of groupViews) {
            for (let lane = 0; lane < n; lane++) {
              for (let g = 0; g < groups; g++) result[(first + lane) * groups + g] = sums[LANES * g + lane];
            }
            sums.fill(0);
          }
          // Lanes without a neuron are zeros, which were counted.
          if (n < LANES && bins > 0) histogram[0] -= (LANES - n) * pixels;
          first += n;
          quads++;
          quadsCounted++;
          if (quads % QUADS_PER_PROMOTION === 0) promote();
          if (quadsCounted === quadsPerCount) takeBins();
        }
        promote();

        return {
          ...(request.neuronTotals && { neuronTotals: { sum, min, max } }),
          ...(pixelTotals && { pixelTotals: memory.doubles(pixelTotals.all, pixels).slice() }),
          ...(request.groupings && { groupSums: groupViews.map(({ result }) => result) }),
          ...(request.pixelThreshold && { pixelsPerNeuron }),
          ...(change && { change: memory.doubles(change.all, pixels).slice() }),
        };
      },
      counts() {
        takeBins();
        return {
          ...(request.histogram && { histogram: histogram.slice() }),
          ...(request.taus && {
            neuronsPerPixel: taus.map(
              (_, k) => new Uint32Array(memory.ints(fields.neuronsPerPixel + 4 * k * pixels, pixels)),
            ),
          }),
        };
      },
      dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}
