import type { LazyTensor } from './tensor.js';
import type { TorchStorage } from './torch/storage.js';

/**
 * Anything a pickle can hold, without its behaviour: Python's lists and tuples as arrays, dicts as Maps (keys of any
 * kind), sets as Sets, integers beyond 2⁵³ as big integers, instances of classes as inert records. Values can contain
 * themselves, as in Python.
 */
export type PickledValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | LazyTensor
  | TorchStorage
  | BigInteger
  | GlobalName
  | InertRecord
  | PickledValue[]
  | Map<PickledValue, PickledValue>
  | Set<PickledValue>;

/**
 * An integer beyond 2⁵³. Its own object and not a bigint: a Map looks at the lowest 64 bits of a bigint alone, so that
 * keys which differ above them would take time in the square of their number.
 */
export class BigInteger {
  #text: string | undefined;

  constructor(readonly value: bigint) {}

  /** Decimal digits; of more than 512 bits, which are slow to print and no part of a checkpoint, the size. */
  toString(): string {
    if (this.#text === undefined) {
      const bits = 4 * this.value.toString(16).length;
      this.#text = bits > LONGEST_PRINTED_BITS ? `an integer of about ${bits} bits` : this.value.toString();
    }
    return this.#text;
  }
}

const LONGEST_PRINTED_BITS = 512;

/** A class or function that a pickle names. The name is all there is: nothing is looked up, nothing is called. */
export class GlobalName {
  /** @param path module and name: `collections.OrderedDict`. */
  constructor(readonly path: string) {}
}

/** What a pickle says of an object whose class is not known here. Nothing of it has been executed. */
export class InertRecord {
  /** The attributes, as the object's class would be given them. */
  state: PickledValue = null;
  /** For a subclass of dict, its items. */
  readonly items = new Map<PickledValue, PickledValue>();
  /** For a subclass of list or set, its elements. */
  readonly elements: PickledValue[] = [];

  /**
   * @param type what would have been called or instantiated: `os.system`, `omegaconf.dictconfig.DictConfig`.
   * @param args what it would have been given: the pickle's own list, which calls may share.
   */
  constructor(
    readonly type: string,
    readonly args: PickledValue[],
  ) {}
}
