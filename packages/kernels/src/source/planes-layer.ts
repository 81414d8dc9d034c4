import type { PlanesSource } from '../layer.js';
import type { Region } from '../region.js';
import type { WasmExports } from '../wasm/exports.js';
import { Allocations, type WasmMemory } from '../wasm/memory.js';
import { type PhasedTable, placePicked } from '../wasm/picked.js';
import { PLANE_KINDS, type PlaneFields, placePlane } from '../wasm/planes.js';
import { placeActivation } from '../wasm/pointwise.js';
import { LANES, placeMasks, placeRows, ROW_KINDS, VECTOR } from '../wasm/rows.js';
import { type PhasedAxis, tapsOf } from './axis-sums.js';
import type { LaneLayer, LaneStream } from './lane-stream.js';
import { type LoweredPlane, lower, type PlaneWindow, planWindows } from './lowered-planes.js';
import { planGraph } from './plane-graph.js';
import { placeStart } from './planes-start.js';

/** What of a plane is the same for all streams. */
interface PlacedPlane {
  readonly fields: PlaneFields;
  /** Weights by phase, from which each stream picks those of its lanes. */
  readonly phased?: PhasedTable & { readonly across: boolean };
}

/** A layer whose way to the picture is a list of steps, which may fork and join. */
export function openPlanes(memory: WasmMemory, wasm: WasmExports, source: PlanesSource): LaneLayer {
  const allocations = new Allocations(memory);
  const planes = lower(planGraph(source));
  const [start, placed] = allocations.guard(() => [
    placeStart(memory, wasm, allocations, source.start),
    planes.map((plane) => placeShared(memory, allocations, plane)),
  ]);
  const { neurons, outputs, joins } = start;
  const scale = Math.max(1, ...placed.map(({ phased }) => phased?.phases ?? 1));

  /** Some planes, the first of which is the start; the last is the picture. */
  const stream = (some: readonly LoweredPlane[], region: Region): LaneStream => {
    const own = new Allocations(memory);
    return own.guard(() => {
      const opened = start.open(own);
      const windows = planWindows(some, region);
      const lanePhases = own.zeros(2 * VECTOR);
      const picks: (() => void)[] = [];
      const records: number[] = [];
      for (const [i, plane] of some.entries()) {
        const { fields, phased } = i === 0 ? { fields: opened.fields } : placed[i];
        const picked = phased && placePicked(wasm, own, phased, phased.across ? lanePhases + VECTOR : lanePhases);
        if (picked) picks.push(picked.pick);
        const codes = plane.functions.map((f) => placeActivation(memory, wasm, own, f));
        records.push(
          placePlane(memory, own, {
            ...fields,
            ...(i === 0 && typeof plane.functions[0] === 'object' && { exactly: 1 }),
            ...placeWindow(own, windows[i], i === some.length - 1),
            ...inputsOf(plane, records),
            ...(picked && { weights: picked.at }),
            activations: own.place(Int32Array.of(...codes, 0)),
          }),
        );
      }
      const rows = placeRows(memory, own, {
        kind: ROW_KINDS.planes,
        width: region.width,
        activations: own.place(Int32Array.of(0)),
        planes: own.place(Int32Array.of(records.length, own.place(Int32Array.from(records)))),
      });
      const maskOf = placeMasks(own);
      let phases = '';

      return {
        rows: rows.at,
        prepare(lanes) {
          opened.prepare(records[0], lanes);
          rows.set({ mask: maskOf(lanes.length) });
          if (picks.length === 0) return;
          const wanted = lanes.map((neuron) => (neuron % outputs) % scale ** 2);
          if (wanted.join() === phases) return;
          phases = wanted.join();
          const ints = memory.ints(lanePhases, 2 * LANES);
          for (const [lane, phase] of wanted.entries()) {
            ints[lane] = Math.floor(phase / scale);
            ints[LANES + lane] = phase % scale;
          }
          for (const pickAgain of picks) pickAgain();
        },
        free: () => own.free(),
      };
    });
  };

  const { height: responseHeight, width: responseWidth } = source.start;
  const { height, width } = planes[planes.length - 1];
  const responses: LoweredPlane[] = [{ ...planes[0], functions: [] }];
  return {
    neurons,
    height,
    width,
    responseHeight,
    responseWidth,
    contributions: (region) => stream(planes, region),
    responses: (region) => stream(responses, region),
    joins,
    free: () => allocations.free(),
  };
}

function placeWindow(own: Allocations, { top, left, width, rowsKept }: PlaneWindow, isLast: boolean): PlaneFields {
  // Rows of the last one go to who asked for them.
  if (isLast) return { top, left, width };
  return { top, left, width, slotCount: rowsKept, slots: own.allocate(VECTOR * rowsKept * width) };
}

function inputsOf({ made }: LoweredPlane, records: readonly number[]): PlaneFields {
  if (made.kind === 'start') return {};
  return { a: records[made.a], ...(made.kind === 'sum' && made.b !== undefined && { b: records[made.b] }) };
}

function placeShared(memory: WasmMemory, allocations: Allocations, { made, width }: LoweredPlane): PlacedPlane {
  switch (made.kind) {
    case 'start':
      return { fields: {} };
    case 'sum':
      return { fields: { kind: PLANE_KINDS.sum, aSign: made.aSign, bSign: made.bSign } };
    case 'factor':
      return {
        fields: {
          kind: made.divide ? PLANE_KINDS.quotient : PLANE_KINDS.product,
          held: allocations.place(made.by),
          heldWidth: width,
        },
      };
    default:
      return placeAxis(memory, allocations, made.axis, made.kind === 'across');
  }
}

/** Tables of weighted sums along an axis: in a row places are bytes, between rows they are rows. */
function placeAxis(memory: WasmMemory, allocations: Allocations, axis: PhasedAxis, across: boolean): PlacedPlane {
  const { outputs, phases } = axis;
  const taps = tapsOf(axis);
  const vectors = outputs.length * taps;
  const index = new Int32Array(vectors);
  const weights = new Float32Array(vectors * phases);
  for (const [output, some] of outputs.entries()) {
    for (const [tap, { input, weights: byPhase }] of some.entries()) {
      const at = output * taps + tap;
      index[at] = across ? VECTOR * input : input;
      weights.set(byPhase, at * phases);
    }
  }
  const fields = {
    kind: across ? PLANE_KINDS.across : PLANE_KINDS.down,
    count: allocations.place(Int32Array.from(outputs, (some) => some.length)),
    index: allocations.place(index),
    taps,
    byLane: phases > 1 ? 1 : 0,
  };
  if (phases > 1) return { fields, phased: { table: allocations.place(weights), vectors, phases, across } };
  if (across) return { fields: { ...fields, weights: allocations.place(weights) } };
  // Down the columns a whole row has the same weight, in all lanes.
  const equal = allocations.allocate(VECTOR * vectors);
  const values = memory.floats(equal, LANES * vectors);
  for (const [i, weight] of weights.entries()) values.fill(weight, LANES * i, LANES * (i + 1));
  return { fields: { ...fields, weights: equal } };
}
