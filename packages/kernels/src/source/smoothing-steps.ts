import { ACTIVATION_CODES } from '../wasm/activation-codes.js';
import type { WasmExports } from '../wasm/exports.js';
import type { Allocations, WasmMemory } from '../wasm/memory.js';
import { placePicked } from '../wasm/picked.js';
import { placeRing, placeRows, type RingFields, ROW_KINDS, type RowsRecord, VECTOR } from '../wasm/rows.js';
import type { DistinctLines } from './distinct-lines.js';
import { allLines, type LineSums, rowsKept } from './line-sums.js';
import { isTwice, type PlannedStep, planAxis } from './smoothing.js';
import type { StepWay } from './ways.js';

/** A step in WebAssembly memory, once it is told which rows to make. */
export interface PlacedStep {
  readonly rows: RowsRecord;
  /** Makes rows from now on by one of the ways that it was given, with the weights of the lanes' sub-pixels. */
  use(way: number): void;
}

/**
 * A step in WebAssembly memory, reading `from`.
 * @param ways to make it
 * @param lanePhases where the lanes' vertical sub-pixels are, and behind them the horizontal ones, int32
 * @param between what scattered values have between them, if that is not 0
 */
export function placeStep(
  memory: WasmMemory,
  wasm: WasmExports,
  own: Allocations,
  step: PlannedStep,
  ways: readonly StepWay[],
  from: number,
  lanePhases: number,
  between: number,
): PlacedStep {
  const { smoothing, rows: axis, columns } = step;
  const { shuffle, activations } = smoothing;
  const inputs = columns.to - columns.from;
  const outputs = columns.offset.length;
  const horizontal = lanePhases + VECTOR;
  /** What lanes take of numbers by line and sub-pixel, which has to be done again where their sub-pixels are others. */
  const placeNumbers = (numbers: Float32Array | Uint32Array, phases: number, ofLanes: number) => {
    const table = { table: own.place(numbers), vectors: numbers.length / phases, phases };
    const { at, pick } = placePicked(wasm, own, table, ofLanes);
    return { at, picks: phases > 1 ? [pick] : [] };
  };
  /** In a row places are bytes, between rows they are rows. */
  const placeSums = ({ index, count, weights, taps, phases }: LineSums, across: boolean) => {
    const { at, picks } = placeNumbers(weights, phases, across ? horizontal : lanePhases);
    const places = own.place(across ? index.map((column) => VECTOR * column) : index);
    return { fields: { index: places, count: own.place(count), weights: at, taps }, picks };
  };
  const placeColumns = () => {
    const all = placeSums(allLines(columns, shuffle), true);
    if (!isTwice(step)) return all;
    // Outputs 2 and 3 of a wide plane, which no border is near, or of the same step on one.
    const quick = placeSums(allLines(planAxis(smoothing, 4, 2, 4), shuffle), true);
    const fields = { ...all.fields, quick: quick.fields.weights };
    return { fields, picks: [...all.picks, ...quick.picks] };
  };
  const buffer = own.zeros((inputs + 2) * VECTOR) + VECTOR;
  /** Where the lanes of all columns are in a row of those that differ, with the zeros around them. */
  const placeSpread = ({ equals }: DistinctLines) => {
    const addressOf = (column: number, phase: number) =>
      column < 0 || column === inputs ? buffer - VECTOR : buffer + VECTOR * equals[phase][column];
    const phases = equals.length;
    const addresses = Uint32Array.from({ length: phases * (inputs + 2) }, (_, i) =>
      addressOf(Math.floor(i / phases) - 1, i % phases),
    );
    const { at, picks } = placeNumbers(addresses, phases, horizontal);
    return { fields: { spread: at + VECTOR }, picks };
  };
  const all = placeColumns();
  // All ways that leave columns out leave out the same.
  const some = ways.find((way) => way.columns)?.columns;
  const ofSome = some && placeSums(some, true);
  const before = ways.find((way) => way.spread)?.spread;
  const ofBefore = before && placeSpread(before);
  const placed = ways.map((way) => {
    const down = placeSums(way.rows, false);
    const across = way.columns && ofSome ? ofSome : all;
    const spread = way.spread && ofBefore;
    const width = way.columns?.lines ?? outputs;
    const slotCount = rowsKept(way.rows);
    const ofRing: RingFields = { slotCount, width, quick: 0, spread: 0, ...across.fields, ...spread?.fields };
    const picks = [...down.picks, ...across.picks, ...(spread?.picks ?? [])];
    return { slots: slotCount * width, ofRows: { width, ...down.fields }, ofRing, picks };
  });
  const slots = placed.reduce((most, way) => Math.max(most, way.slots), 1);
  const ring = placeRing(memory, own, {
    from,
    buffer,
    inputs,
    slots: own.allocate(slots * VECTOR),
  });
  const rows = placeRows(memory, own, {
    kind: ROW_KINDS.smoothed,
    activations: own.place(Int32Array.of(...activations.map((name) => ACTIVATION_CODES[name]), 0)),
    ring: ring.at,
    ...(between !== 0 && {
      between: own.place(Float32Array.of(between)),
      rowShares: own.place(axis.shares),
      columnShares: own.place(columns.shares),
    }),
  });
  const uses = placed.map(({ ofRows, ofRing, picks }) => [rows.setter(ofRows), ring.setter(ofRing), ...picks]);
  const use = (way: number): void => {
    for (const part of uses[way]) part();
  };
  use(0);
  return { rows, use };
}
