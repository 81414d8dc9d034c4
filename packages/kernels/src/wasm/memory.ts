import { KernelError } from '../errors.js';

const PAGE = 65_536;
const ALIGNMENT = 16;
/** WebAssembly's 4 GB, less a page: a pointer past the end must still fit 32 bits. */
const MOST = 65_535 * PAGE;
/** Static data of the module lie below. */
const START = PAGE / 2;

interface Block {
  readonly at: number;
  readonly bytes: number;
}

/** First-fit allocation in a module's memory; neighbouring free blocks join. Everything is aligned to a vector. */
export class WasmMemory {
  readonly #memory: WebAssembly.Memory;
  /** By address. */
  #free: Block[] = [];
  readonly #used = new Map<number, number>();
  #end = START;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }

  /** @throws KernelError if the memory does not suffice */
  allocate(bytes: number): number {
    const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    const index = this.#free.findIndex((block) => block.bytes >= size);
    if (index < 0) return this.#extend(size);
    const { at, bytes: available } = this.#free[index];
    const rest = available > size ? [{ at: at + size, bytes: available - size }] : [];
    this.#free.splice(index, 1, ...rest);
    this.#used.set(at, size);
    return at;
  }

  free(at: number): void {
    const bytes = this.#used.get(at);
    if (bytes === undefined) return;
    this.#used.delete(at);
    const place = this.#free.findIndex((block) => block.at > at);
    this.#free.splice(place < 0 ? this.#free.length : place, 0, { at, bytes });
    const joined: Block[] = [];
    for (const block of this.#free) {
      const last = joined.at(-1);
      if (last && last.at + last.bytes === block.at) {
        joined[joined.length - 1] = { at: last.at, bytes: last.bytes + block.bytes };
      } else joined.push(block);
    }
    const last = joined.at(-1);
    if (last && last.at + last.bytes === this.#end) {
      this.#end = last.at;
      joined.pop();
    }
    this.#free = joined;
  }

  floats(at: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, at, length);
  }

  doubles(at: number, length: number): Float64Array {
    return new Float64Array(this.#memory.buffer, at, length);
  }

  ints(at: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, at, length);
  }

  /** Zeroes, since freed memory keeps its contents. */
  clear(at: number, bytes: number): void {
    new Uint8Array(this.#memory.buffer, at, bytes).fill(0);
  }

  /** Copies an array in. */
  place(values: Float32Array | Int32Array | Uint32Array): number {
    const at = this.allocate(values.byteLength);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    new Uint8Array(this.#memory.buffer, at, values.byteLength).set(bytes);
    return at;
  }

  #extend(size: number): number {
    const at = this.#end;
    const missing = at + size - this.#memory.buffer.byteLength;
    if (missing > 0) {
      try {
        if (at + size > MOST) throw new RangeError();
        this.#memory.grow(Math.ceil(missing / PAGE));
      } catch {
        throw new KernelError(
          `${Math.ceil(size / 2 ** 20)} MB more than the ${Math.ceil(at / 2 ** 20)} MB in use do not fit`,
        );
      }
    }
    this.#end = at + size;
    this.#used.set(at, size);
    return at;
  }
}

/** Several allocations that end together. */
export class Allocations {
  readonly #memory: WasmMemory;
  readonly #pointers: number[] = [];

  constructor(memory: WasmMemory) {
    this.#memory = memory;
  }

  allocate(bytes: number): number {
    const at = this.#memory.allocate(bytes);
    this.#pointers.push(at);
    return at;
  }

  zeros(bytes: number): number {
    const at = this.allocate(bytes);
    this.#memory.clear(at, bytes);
    return at;
  }

  place(values: Float32Array | Int32Array | Uint32Array): number {
    const at = this.#memory.place(values);
    this.#pointers.push(at);
    return at;
  }

  free(): void {
    for (const at of this.#pointers.splice(0)) this.#memory.free(at);
  }

  /** Frees everything if `work` fails. */
  guard<R>(work: () => R): R {
    try {
      return work();
    } catch (error) {
      this.free();
      throw error;
    }
  }
}
