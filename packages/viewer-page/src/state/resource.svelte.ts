import { untrack } from 'svelte';
import { isAbort } from '../access/access-error.js';
import { countLoad } from './loads.js';

export interface LoadContext<T> {
  readonly signal: AbortSignal;
  /** Shows what is known so far. */
  readonly update: (partial: T) => void;
}

export interface ResourceOptions<T> {
  /**
   * What happens to a load under way when its key changes. `abort`: it is dropped at once. `finish`: it may first give an
   * answer, whole or in part, so that a pointer that never rests still gets answers; of the keys that came meanwhile only the
   * newest is loaded.
   */
  readonly overlap?: 'abort' | 'finish';
  /** Whether a value is of what is on screen; one that is not is not shown while the next one loads. Followed. */
  readonly fits?: (value: T) => boolean;
}

/** Something that is loaded when what it is loaded for changes. All fields are followed. */
export interface Resource<T> {
  /** The last value: while `loading`, a part of the next one, or still that of before. */
  readonly value: T | undefined;
  /** Why the last load failed; there is no value then. */
  readonly error: Error | undefined;
  readonly loading: boolean;
  retry(): void;
}

/**
 * Loads for a key: `key` is followed, and `load` runs when it changes. To be called while a component starts, or in an effect.
 * @param key `null` for nothing to load: the value is dropped
 */
export function resource<K, T>(
  key: () => K | null,
  load: (key: K, context: LoadContext<T>) => Promise<T>,
  options: ResourceOptions<T> = {},
): Resource<T> {
  return new KeyedResource(key, load, options);
}

class KeyedResource<K, T> implements Resource<T> {
  #value = $state.raw<T | undefined>(undefined);
  #error = $state.raw<Error | undefined>(undefined);
  #loading = $state(false);
  #attempt = $state(0);
  readonly #load: (key: K, context: LoadContext<T>) => Promise<T>;
  readonly #overlap: 'abort' | 'finish';
  readonly #fits: (value: T) => boolean;
  #controller: AbortController | undefined;
  #next: { readonly key: K } | undefined;
  #answered = false;
  /** Whether the page counts it; apart from the state, which Svelte gives as it was before where an owner ends. */
  #counted = false;

  constructor(
    key: () => K | null,
    load: (key: K, context: LoadContext<T>) => Promise<T>,
    { overlap = 'abort', fits = () => true }: ResourceOptions<T>,
  ) {
    this.#load = load;
    this.#overlap = overlap;
    this.#fits = fits;
    // What a key is made of may change where the key does not: then nothing is loaded anew.
    const current = $derived(key());
    $effect(() => {
      const wanted = current;
      void this.#attempt;
      untrack(() => (wanted === null ? this.#clear() : this.#want(wanted)));
    });
    $effect(() => () => this.#stop());
  }

  get value(): T | undefined {
    return this.#value !== undefined && this.#fits(this.#value) ? this.#value : undefined;
  }

  get error(): Error | undefined {
    return this.#error;
  }

  get loading(): boolean {
    return this.#loading;
  }

  retry(): void {
    this.#attempt++;
  }

  #setLoading(loading: boolean): void {
    if (loading !== this.#counted) countLoad(loading ? 1 : -1);
    this.#counted = loading;
    this.#loading = loading;
  }

  #stop(): void {
    this.#controller?.abort();
    this.#controller = undefined;
    this.#next = undefined;
    this.#setLoading(false);
  }

  #clear(): void {
    this.#stop();
    this.#value = undefined;
    this.#error = undefined;
  }

  #want(key: K): void {
    if (this.#controller && this.#overlap === 'finish' && !this.#answered) {
      this.#next = { key };
      return;
    }
    this.#controller?.abort();
    this.#start(key);
  }

  #start(key: K): void {
    const controller = new AbortController();
    this.#controller = controller;
    this.#next = undefined;
    this.#answered = false;
    this.#setLoading(true);
    const current = () => this.#controller === controller;
    const accept = (value: T) => {
      this.#value = value;
      this.#error = undefined;
      this.#answered = true;
    };
    const goOn = () => {
      const { key: newest } = this.#next!;
      controller.abort();
      this.#start(newest);
    };
    this.#load(key, {
      signal: controller.signal,
      update: (partial) => {
        if (!current()) return;
        accept(partial);
        if (this.#next) goOn();
      },
    }).then(
      (value) => {
        if (!current()) return;
        accept(value);
        this.#controller = undefined;
        this.#setLoading(false);
        if (this.#next) goOn();
      },
      (error: unknown) => {
        if (!current() || isAbort(error)) return;
        this.#controller = undefined;
        this.#setLoading(false);
        if (this.#next) return goOn();
        this.#value = undefined;
        this.#error = error instanceof Error ? error : new Error(String(error));
      },
    );
  }
}
