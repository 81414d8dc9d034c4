import type { Allocations, WasmMemory } from './memory.js';

/** The fields of `Rows` in assembly/rows.ts, in their order. */
const ROWS = [
  'kind',
  'width',
  'activations',
  'mask',
  'input',
  'stride',
  'size',
  'kernel',
  'tapBytes',
  'bias',
  'scale',
  'ring',
  'index',
  'count',
  'weights',
  'taps',
  'between',
  'rowShares',
  'columnShares',
  'program',
  'gate',
  'planes',
  'equals',
  'times',
  'kept',
] as const;

/** The fields of `Ring` in assembly/rows.ts, in their order. */
const RING = [
  'from',
  'buffer',
  'inputs',
  'spread',
  'slots',
  'slotCount',
  'made',
  'width',
  'index',
  'count',
  'weights',
  'taps',
  'quick',
] as const;

export const ROW_KINDS = { responses: 0, smoothed: 1, dense: 2, denseProgram: 3, gated: 4, planes: 5 } as const;

/** Bytes of a vector: four float32 lanes, a neuron each. */
export const VECTOR = 16;
export const LANES = 4;

/** A record of int32 fields in WebAssembly memory. */
interface Fields<Name extends string> {
  readonly at: number;
  set(values: Partial<Record<Name, number>>): void;
  /** The same to be done again and again. */
  setter(values: Partial<Record<Name, number>>): () => void;
}

function place<Name extends string>(
  memory: WasmMemory,
  own: Allocations,
  names: readonly Name[],
  values: Partial<Record<Name, number>>,
): Fields<Name> {
  const at = own.zeros(4 * names.length);
  const fields: Fields<Name> = {
    at,
    set: (changed) => fields.setter(changed)(),
    setter(changed) {
      const places = Object.keys(changed).map((name) => names.indexOf(name as Name));
      const numbers = Object.values<number>(changed as Record<string, number>);
      return () => {
        const ints = memory.ints(at, names.length);
        for (let i = 0; i < places.length; i++) ints[places[i]] = numbers[i];
      };
    },
  };
  fields.set(values);
  return fields;
}

export type RowsRecord = Fields<(typeof ROWS)[number]>;
export type RowsFields = Partial<Record<(typeof ROWS)[number], number>>;

export function placeRows(memory: WasmMemory, own: Allocations, values: RowsFields): RowsRecord {
  return place(memory, own, ROWS, values);
}

export type RingFields = Partial<Record<(typeof RING)[number], number>>;

export function placeRing(memory: WasmMemory, own: Allocations, values: RingFields): Fields<(typeof RING)[number]> {
  return place(memory, own, RING, values);
}

/** Masks of 0 to 4 neurons, all ones in the lanes that hold one; none is needed for four. */
export function placeMasks(own: Allocations): (lanes: number) => number {
  const masks = own.place(
    Int32Array.from({ length: LANES * LANES }, (_, i) => (i % LANES < Math.floor(i / LANES) ? -1 : 0)),
  );
  return (lanes) => (lanes === LANES ? 0 : masks + lanes * VECTOR);
}
