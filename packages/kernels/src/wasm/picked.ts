import type { WasmExports } from './exports.js';
import type { Allocations } from './memory.js';
import { VECTOR } from './rows.js';

/** Numbers of four bytes, [vectors, phases], of which each lane takes those of its own phase. */
export interface PhasedTable {
  readonly table: number;
  readonly vectors: number;
  readonly phases: number;
}

/**
 * Room for what four lanes take of a table.
 * @param lanePhases where their phases are, int32
 * @returns its address, and what fills it again where the phases are others
 */
export function placePicked(
  wasm: WasmExports,
  own: Allocations,
  { table, vectors, phases }: PhasedTable,
  lanePhases: number,
): { readonly at: number; pick(): void } {
  const at = own.allocate(vectors * VECTOR);
  const pick = () => wasm.pickByPhase(table, vectors, phases, lanePhases, at);
  pick();
  return { at, pick };
}
