import type { WasmMemory } from './memory.js';

/** The fields of `RowSource` in assembly/rows.ts, in their order. */
const FIELDS = [
  'kind',
  'plane',
  'width',
  'offset',
  'count',
  'weights',
  'taps',
  'pixelBytes',
  'rowBytes',
  'scale',
  'activation',
  'mask',
  'buffer',
] as const;

export type RowSourceFields = Partial<Record<(typeof FIELDS)[number], number>>;
export const ROW_SOURCE_BYTES = 4 * FIELDS.length;
export const ROW_KINDS = { plane: 0, smoothed: 1, dense: 2 } as const;

export function writeRowSource(memory: WasmMemory, at: number, fields: RowSourceFields): void {
  memory.ints(at, FIELDS.length).set(FIELDS.map((field) => fields[field] ?? 0));
}

/** Bytes of a vector: four float32 lanes, a neuron each. */
export const VECTOR = 16;
export const LANES = 4;

/** All ones in the lanes that hold a neuron. */
export function writeMask(memory: WasmMemory, at: number, lanes: number): void {
  memory.ints(at, LANES).set(Array.from({ length: LANES }, (_, lane) => (lane < lanes ? -1 : 0)));
}
