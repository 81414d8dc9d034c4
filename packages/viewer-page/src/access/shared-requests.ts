import { abortError } from './request.js';

/**
 * Requests that several panels may make at the same time, and again later: each is made once while it is under way, and the
 * last answers are kept. What nobody waits for any more is aborted.
 */
export class SharedRequests {
  readonly #kept = new Map<string, { readonly value: unknown; readonly size: number }>();
  readonly #underWay = new Map<
    string,
    { readonly answer: Promise<unknown>; readonly controller: AbortController; waiting: number }
  >();
  readonly #capacity: number;
  #size = 0;

  /** @param capacity in bytes, as `sizeOf` of the requests counts them */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** @param sizeOf of an answer, in bytes */
  get<T>(
    address: string,
    make: (signal: AbortSignal) => Promise<T>,
    sizeOf: (value: T) => number,
    signal?: AbortSignal,
  ): Promise<T> {
    if (signal?.aborted) return Promise.reject(abortError());
    const kept = this.#kept.get(address);
    if (kept) {
      // The order of the map is that of last use.
      this.#kept.delete(address);
      this.#kept.set(address, kept);
      return Promise.resolve(kept.value as T);
    }
    const present = this.#underWay.get(address) ?? this.#start(address, make, sizeOf);
    present.waiting++;
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        reject(abortError());
        if (--present.waiting > 0) return;
        present.controller.abort();
        if (this.#underWay.get(address) === present) this.#underWay.delete(address);
      };
      signal?.addEventListener('abort', leave, { once: true });
      const settled = () => signal?.removeEventListener('abort', leave);
      present.answer.then(
        (value) => {
          settled();
          resolve(value as T);
        },
        (error) => {
          settled();
          reject(error);
        },
      );
    });
  }

  #start<T>(address: string, make: (signal: AbortSignal) => Promise<T>, sizeOf: (value: T) => number) {
    const controller = new AbortController();
    const answer = make(controller.signal).then(
      (value) => {
        this.#leave(address, controller);
        this.#keep(address, value, sizeOf(value));
        return value;
      },
      (error) => {
        this.#leave(address, controller);
        throw error;
      },
    );
    const started = { answer, controller, waiting: 0 };
    this.#underWay.set(address, started);
    return started;
  }

  #leave(address: string, controller: AbortController): void {
    if (this.#underWay.get(address)?.controller === controller) this.#underWay.delete(address);
  }

  #keep(address: string, value: unknown, size: number): void {
    if (size > this.#capacity) return;
    this.#kept.set(address, { value, size });
    this.#size += size;
    for (const [oldest, { size: freed }] of this.#kept) {
      if (this.#size <= this.#capacity) break;
      this.#kept.delete(oldest);
      this.#size -= freed;
    }
  }
}
