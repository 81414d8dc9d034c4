/** Values by key, up to a number of bytes; what was not used for longest leaves first. */
export class ByteCache<T> {
  readonly #capacity: number;
  readonly #sizeOf: (value: T) => number;
  readonly #kept = new Map<string, T>();
  #size = 0;

  constructor(capacity: number, sizeOf: (value: T) => number) {
    this.#capacity = capacity;
    this.#sizeOf = sizeOf;
  }

  get(key: string): T | undefined {
    const value = this.#kept.get(key);
    if (value === undefined) return undefined;
    // The order of a map is that of insertion, so here that of use.
    this.#kept.delete(key);
    this.#kept.set(key, value);
    return value;
  }

  set(key: string, value: T): void {
    this.#drop(key);
    const size = this.#sizeOf(value);
    if (size > this.#capacity) return;
    this.#kept.set(key, value);
    this.#size += size;
    for (const oldest of this.#kept.keys()) {
      if (this.#size <= this.#capacity) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const value = this.#kept.get(key);
    if (value === undefined) return;
    this.#kept.delete(key);
    this.#size -= this.#sizeOf(value);
  }
}
