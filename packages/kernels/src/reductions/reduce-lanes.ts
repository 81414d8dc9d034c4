import { REDUCTION_FIELDS } from '../generated/reduction-fields.js';
import type { Region } from '../region.js';
import { type LaneLayer, type LaneStream, lanesOf } from '../source/lane-stream.js';
import { writeMaps } from '../source/maps.js';
import type { WasmExports } from '../wasm/exports.js';
import { Allocations, type WasmMemory } from '../wasm/memory.js';
import { LANES, VECTOR } from '../wasm/rows.js';
import { reduceWanted } from './reduce-maps.js';
import { type ReduceResult, type Reductions, wantedReducers } from './reducers.js';
import type { ReductionFields, WasmPlace } from './wasm-reducer.js';

/** Neurons of a layer that stream through reductions, some at a time, without their maps being kept. */
export interface Reduction {
  /**
   * Streams neurons start … end − 1, and gives what was asked for of these alone.
   * @throws KernelError where the layer was disposed of
   */
  add(start: number, end: number): ReduceResult;
  /** What was counted over the neurons that were streamed so far: exact, so that it is the same in any order. */
  counts(): ReduceResult;
  /** Frees the memory. The reduction cannot be used any more. */
  dispose(): void;
}

/** Bytes of a totals record: four float64 sums, minima, maxima. */
const TOTALS_BYTES = 4 * VECTOR;
/** Pixels that assembly/reduce.ts takes at once. */
const STRIP = 256;
/** float32 sums per pixel are added to float64 ones after this many fours of neurons, which bounds their rounding. */
const FOURS_PER_PROMOTION = 16;
/** Values of maps at once, 4 MB, for reducers that are in JavaScript alone. */
const VALUES_AT_ONCE = 1 << 20;

/**
 * Streams neurons of a layer in WebAssembly through reductions, four at a time.
 * @param previous the same layer on the frame before, for reducers that read it
 * @throws KernelError where what is asked for does not fit the region, or memory does not suffice
 */
export function reduceLanes(
  memory: WasmMemory,
  wasm: WasmExports,
  layer: LaneLayer,
  previous: LaneLayer | undefined,
  region: Region,
  reductions: Reductions,
): Reduction {
  const pixels = region.height * region.width;
  const own = new Allocations(memory);
  const streams: LaneStream[] = [];
  const dispose = () => {
    own.free();
    for (const stream of streams.splice(0)) stream.free();
  };
  // Rows of the frame before are made beside these.
  const distinct = !previous || previous.equalRows === layer.equalRows;
  const open = (of: LaneLayer): LaneStream => {
    streams.push(of.contributions(region, distinct));
    return streams[streams.length - 1];
  };
  try {
    const wanted = wantedReducers(reductions);
    for (const { reducer, argument } of wanted) reducer.check?.(argument, pixels);
    const stream = open(layer);
    const before = previous && open(previous);
    const place: WasmPlace = { memory, wasm, own, pixels, totals: own.allocate(TOTALS_BYTES) };
    // A strip, or rows for those that equal them.
    const kept = Math.max(STRIP, (stream.rowsKept ?? 0) * region.width);
    const inWasm = wanted.flatMap(({ name, reducer, argument }) =>
      reducer.inWasm ? [{ name, over: reducer.over, ...reducer.inWasm(argument, place) }] : [],
    );
    const fields: ReductionFields = {
      height: region.height,
      width: region.width,
      rows: stream.rows,
      previous: before?.rows ?? 0,
      values: own.allocate(kept * VECTOR),
      previousBuffer: own.zeros(STRIP * VECTOR),
      sums: own.allocate(kept * 4),
      differences: before ? own.allocate(kept * 4) : 0,
      totals: place.totals,
      ...Object.assign({}, ...inWasm.map((reducer) => reducer.fields)),
    };
    const job = own.place(Int32Array.from(REDUCTION_FIELDS, (name) => fields[name] ?? 0));
    const resultsOf = (ofAll: boolean) =>
      inWasm.filter((reducer) => (reducer.over === 'all') === ofAll).map((reducer) => [reducer.name, reducer.result()]);

    const inScript = wanted.filter(({ reducer }) => !reducer.inWasm);
    const script = inScript.length > 0 ? reduceWanted(inScript, pixels) : undefined;
    const scriptReadsPrevious = inScript.some(({ reducer }) => reducer.readsPrevious);

    /** Whole maps of a range, for the reducers that are in JavaScript alone. */
    const addMaps = (start: number, end: number): ReduceResult | undefined => {
      const range = script?.range(end - start);
      const atOnce = Math.max(1, Math.floor(VALUES_AT_ONCE / pixels));
      for (let first = start; range && first < end; first += atOnce) {
        const neurons = Uint32Array.from({ length: Math.min(atOnce, end - first) }, (_, i) => first + i);
        const mapsOf = (of: LaneLayer) =>
          writeMaps(
            memory,
            wasm,
            of,
            of.contributions(region),
            neurons,
            region,
            new Float32Array(neurons.length * pixels),
          );
        range.accept(mapsOf(layer), scriptReadsPrevious ? mapsOf(previous!) : undefined);
      }
      return range?.result();
    };

    /** Nothing is allocated meanwhile, so that views of the memory stay valid. */
    const addLanes = (start: number, end: number): void => {
      for (const reducer of inWasm) reducer.begin?.(end - start);
      const laneBits = memory.ints(job + 4 * REDUCTION_FIELDS.indexOf('laneBits'), 1);
      const sums = memory.doubles(place.totals, LANES);
      const extremes = memory.floats(place.totals + 2 * VECTOR, 2 * LANES);
      const promote = () => {
        for (const reducer of inWasm) reducer.promote?.();
      };
      let [fours, first] = [0, 0];
      const range = Uint32Array.from({ length: end - start }, (_, i) => start + i);
      for (const lanes of lanesOf(layer, range)) {
        stream.prepare(lanes);
        before?.prepare(lanes);
        laneBits[0] = (1 << lanes.length) - 1;
        sums.fill(0);
        extremes.fill(Number.POSITIVE_INFINITY, 0, LANES).fill(0, LANES);
        wasm.reduce(job);
        for (const reducer of inWasm) reducer.take?.(first, lanes.length);
        first += lanes.length;
        fours++;
        if (fours % FOURS_PER_PROMOTION === 0) promote();
      }
      promote();
    };

    return {
      add(start, end) {
        const scripted = addMaps(start, end);
        if (inWasm.length > 0) addLanes(start, end);
        return { ...Object.fromEntries(resultsOf(false)), ...scripted };
      },
      counts: () => ({ ...Object.fromEntries(resultsOf(true)), ...script?.counts() }),
      dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}
