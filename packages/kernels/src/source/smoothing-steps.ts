import type { Region } from '../region.js';
import { ACTIVATION_CODES } from '../wasm/activation-codes.js';
import type { WasmExports } from '../wasm/exports.js';
import type { Allocations, WasmMemory } from '../wasm/memory.js';
import { placeRing, placeRows, ROW_KINDS, type RowsFields, type RowsRecord, VECTOR } from '../wasm/rows.js';
import { type RowSums, rowsKept } from './row-sums.js';
import { type Axis, planAxis, type Smoothing } from './smoothing.js';

/** A smoothing inside a region: the weighted sums along both axes. */
export interface PlannedStep {
  readonly smoothing: Smoothing;
  readonly rows: Axis;
  readonly columns: Axis;
  /** Whether the columns are all there, so that the quick form of scale 2, size 3 fits. */
  readonly whole: boolean;
}

/** Backwards from the region: what each step has to give is what the next one reads. */
export function planSteps(
  smoothings: readonly Smoothing[],
  start: readonly [number, number],
  region: Region,
): PlannedStep[] {
  const extents = [start];
  for (const { shuffle, scale } of smoothings) {
    const [height, width] = extents.at(-1)!;
    extents.push([height * shuffle * scale, width * shuffle * scale]);
  }
  const steps: PlannedStep[] = [];
  let wanted: Region = region;
  for (let i = smoothings.length - 1; i >= 0; i--) {
    const [height, width] = extents[i];
    const rows = planAxis(smoothings[i], height, wanted.top, wanted.top + wanted.height);
    const columns = planAxis(smoothings[i], width, wanted.left, wanted.left + wanted.width);
    const step = { smoothing: smoothings[i], rows, columns, whole: wanted.width === extents[i + 1][1] };
    steps.unshift(step);
    wanted = windowOf(step);
  }
  return steps;
}

export function windowOf({ rows, columns }: PlannedStep): Region {
  return { top: rows.from, left: columns.from, height: rows.to - rows.from, width: columns.to - columns.from };
}

/** A step in WebAssembly memory, once it is told which rows to make. */
export interface PlacedStep {
  readonly rows: RowsRecord;
  /** Makes rows from now on by one of the ways that it was given, with the weights of the lanes' sub-pixels. */
  use(way: number): void;
}

/**
 * A step in WebAssembly memory, reading `from`.
 * @param ways the rows that it may make
 * @param lanePhases where the lanes' vertical sub-pixels are, and behind them the horizontal ones, int32
 * @param between what scattered values have between them, if that is not 0
 */
export function placeStep(
  memory: WasmMemory,
  wasm: WasmExports,
  own: Allocations,
  { smoothing, rows: axis, columns, whole }: PlannedStep,
  ways: readonly RowSums[],
  from: number,
  lanePhases: number,
  between: number,
): PlacedStep {
  const { shuffle, scale, size, activations } = smoothing;
  const width = columns.to - columns.from;
  const outWidth = columns.offset.length;
  const placeWeights = (weights: Float32Array, phases: number, ofLanes: number) => {
    const table = own.place(weights);
    const vectors = weights.length / phases;
    const picked = own.allocate(vectors * VECTOR);
    const pick = () => wasm.pickWeights(table, vectors, phases, ofLanes, picked);
    pick();
    return { picked, pick };
  };
  const placeColumns = ({ offset, count, taps, weights }: Axis) => {
    const { picked, pick } = placeWeights(weights, shuffle, lanePhases + VECTOR);
    return { fields: { offset: own.place(offset), count: own.place(count), weights: picked, taps }, pick };
  };
  const across = placeColumns(columns);
  // Outputs 2 and 3 of a wide plane, which no border is near, or of the same step on one.
  const inner = planAxis(smoothing, 4, 2, 4);
  const quick = whole && shuffle * scale === 2 && size === 3 ? placeColumns(inner) : undefined;
  const placed = ways.map((sums) => {
    const { picked, pick } = placeWeights(sums.weights, sums.phases, lanePhases);
    const { taps } = sums;
    const fields: RowsFields = { index: own.place(sums.index), count: own.place(sums.count), weights: picked, taps };
    return { fields, slotCount: rowsKept(sums), pick: sums.phases > 1 ? pick : undefined };
  });
  const slots = placed.reduce((most, { slotCount }) => Math.max(most, slotCount), 1);
  const ring = placeRing(memory, own, {
    from,
    buffer: own.zeros((width + 2) * VECTOR) + VECTOR,
    slots: own.allocate(slots * outWidth * VECTOR),
    width: outWidth,
    ...across.fields,
    quick: quick?.fields.weights ?? 0,
  });
  const rows = placeRows(memory, own, {
    kind: ROW_KINDS.smoothed,
    width: outWidth,
    activations: own.place(Int32Array.of(...activations.map((name) => ACTIVATION_CODES[name]), 0)),
    ring: ring.at,
    ...(between !== 0 && {
      between: own.place(Float32Array.of(between)),
      rowShares: own.place(axis.shares),
      columnShares: own.place(columns.shares),
    }),
  });
  return {
    rows,
    use(number) {
      const { fields, slotCount, pick } = placed[number];
      rows.set(fields);
      ring.set({ slotCount });
      pick?.();
      if (shuffle === 1) return;
      across.pick();
      quick?.pick();
    },
  };
}
