/** Bytes of memory that is kept to be given out again, at most. */
const SPARE_BYTES = 2 ** 26;

/** A value whose large arrays are in memory that threads share. */
export interface Shared<V> {
  readonly value: V;
  /** No thread reads it any more: its memory may be given out again. */
  free(): void;
}

/**
 * Memory that threads share, so that arrays are copied once and not per thread. What is freed is given out again to arrays of the same size:
 * layers are opened tile by tile, and memory that is new each time has to be cleared first and collected later.
 */
export class SharedMemory {
  /** What was freed, the oldest first. */
  readonly #spare: SharedArrayBuffer[] = [];

  /** The same value with its large arrays in shared memory. */
  share<V extends object>(value: V): Shared<V> {
    const taken: SharedArrayBuffer[] = [];
    const place = (field: unknown): unknown => {
      if (field instanceof Float32Array || field instanceof Uint16Array) {
        const Values = field.constructor as Float32ArrayConstructor;
        const buffer = this.#take(field.byteLength);
        taken.push(buffer);
        const shared = new Values(buffer);
        shared.set(field as Float32Array);
        return shared;
      }
      if (Array.isArray(field)) return field.map(place);
      return typeof field === 'object' && field?.constructor === Object ? placeFields(field) : field;
    };
    const placeFields = (fields: object) =>
      Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, place(field)]));
    return {
      value: placeFields(value) as V,
      free: () => {
        for (const buffer of taken.splice(0)) this.#give(buffer);
      },
    };
  }

  #take(bytes: number): SharedArrayBuffer {
    const place = this.#spare.findLastIndex((buffer) => buffer.byteLength === bytes);
    return place < 0 ? new SharedArrayBuffer(bytes) : this.#spare.splice(place, 1)[0];
  }

  #give(buffer: SharedArrayBuffer): void {
    if (buffer.byteLength > SPARE_BYTES) return;
    this.#spare.push(buffer);
    let bytes = this.#spare.reduce((sum, { byteLength }) => sum + byteLength, 0);
    while (bytes > SPARE_BYTES) bytes -= this.#spare.shift()!.byteLength;
  }
}
