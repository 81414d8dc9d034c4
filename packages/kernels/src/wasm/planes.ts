import type { Allocations, WasmMemory } from './memory.js';

/** The fields of `Plane` in assembly/planes.ts, in their order. */
const PLANE = [
  'kind',
  'top',
  'left',
  'width',
  'activations',
  'slots',
  'slotCount',
  'made',
  'a',
  'b',
  'aSign',
  'bSign',
  'count',
  'index',
  'weights',
  'taps',
  'byLane',
  'held',
  'heldWidth',
  'input',
  'stride',
  'kernel',
  'bias',
  'exactly',
  'kernelRows',
  'kernelColumns',
  'rowStep',
  'columnStep',
  'rowDilation',
  'columnDilation',
  'rowCount',
  'rowTaps',
  'rowMost',
  'columnCount',
  'columnTaps',
  'columnMost',
] as const;

export const PLANE_KINDS = {
  values: 0,
  convolution: 1,
  transposed: 2,
  across: 3,
  down: 4,
  sum: 5,
  product: 6,
  quotient: 7,
} as const;

export type PlaneFields = Partial<Record<(typeof PLANE)[number], number>>;

const FLOATS: ReadonlySet<string> = new Set(['aSign', 'bSign']);

/** A `Plane` record in WebAssembly memory: its address. */
export function placePlane(memory: WasmMemory, own: Allocations, values: PlaneFields): number {
  const at = own.zeros(4 * PLANE.length);
  setPlane(memory, at, values);
  return at;
}

export function setPlane(memory: WasmMemory, at: number, values: PlaneFields): void {
  const [ints, floats] = [memory.ints(at, PLANE.length), memory.floats(at, PLANE.length)];
  for (const [name, value] of Object.entries(values)) {
    const field = PLANE.indexOf(name as (typeof PLANE)[number]);
    (FLOATS.has(name) ? floats : ints)[field] = value;
  }
}
