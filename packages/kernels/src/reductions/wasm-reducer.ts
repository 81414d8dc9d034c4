import type { REDUCTION_FIELDS } from '../generated/reduction-fields.js';
import type { WasmExports } from '../wasm/exports.js';
import type { Allocations, WasmMemory } from '../wasm/memory.js';

/** Fields of `Reduction` in assembly/reduce.ts: numbers, or addresses, 0 for what is not wanted. */
export type ReductionFields = Partial<Record<(typeof REDUCTION_FIELDS)[number], number>>;

/** Where a reduction in WebAssembly keeps what is its own. */
export interface WasmPlace {
  readonly memory: WasmMemory;
  readonly wasm: WasmExports;
  /** Freed when the reduction ends. */
  readonly own: Allocations;
  /** Pixels of the region. */
  readonly pixels: number;
  /** Where `reduce` leaves the totals of four neurons: float64 sums, then a vector of minima and one of maxima. */
  readonly totals: number;
}

/**
 * A reducer whose work `reduce` does in WebAssembly, four neurons at a time: what it tells `reduce`, and how it takes out what
 * that left.
 */
export interface WasmReducer<Result> {
  readonly fields: ReductionFields;
  /**
   * A range of so many neurons begins. Nothing is allocated in WebAssembly until `result`, so that views of its memory
   * stay valid.
   */
  begin?(neurons: number): void;
  /** Up to four neurons went through: `lanes` of them, the first being `first`-th of the range. */
  take?(first: number, lanes: number): void;
  /** Adds float32 sums to float64 ones: called often enough that their rounding stays small, and when a range ends. */
  promote?(): void;
  /** The result for the range, or for all neurons so far. */
  result(): Result;
}
