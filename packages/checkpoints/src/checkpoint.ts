import type { Shape } from '@xinc/core';

export type CheckpointFormat = 'pytorch' | 'safetensors' | 'npz' | 'npy';

/** What a checkpoint file holds. */
export interface Checkpoint {
  readonly format: CheckpointFormat;
  /** The file's name, for messages. */
  readonly source: string;
  /**
   * Every tensor in the file, by the keys and attributes that lead to it, joined by dots:
   * `state_dict.model.net.0.weight`, `optimizer_states.0.state.0.exp_avg`. One that several paths lead to through a
   * shared dict is named by the first.
   */
  readonly tensors: ReadonlyMap<string, CheckpointTensor>;
  /** Everything else in the file (`epoch`, `hyper_parameters`, …). */
  readonly metadata: { readonly [key: string]: MetadataValue };
  /**
   * The classes and functions that Python would call to load the file and that are not known here (`os.system`,
   * `argparse.Namespace`), each once, at most ten, control characters escaped. Nothing of them was executed.
   */
  readonly foreign: readonly string[];
}

/** An array in a checkpoint. */
export interface CheckpointTensor {
  readonly shape: Shape;
  /** As stored, in PyTorch's names: `float32`, `float16`, `bfloat16`, `float64`, `int64`, `bool`, … */
  readonly dtype: string;
  /** The part of its name that leads to the dict (or module) it is an entry of: `state_dict`; empty at the top. */
  readonly parent: string;
  /**
   * Its values as float32, row-major; converted when first asked for, the same array every time.
   * @throws XincError `unsupported` where float32 cannot hold them (complex and 8-bit float dtypes).
   */
  float32(): Float32Array;
}

/**
 * Plain JSON made from what a file holds besides tensors. Dicts are objects, tuples and sets arrays, bytes a text with
 * their number, integers beyond 2⁵³ decimal texts; classes and functions are their name, and instances of classes
 * `{ type, args?, state?, items?, elements? }`, except for OmegaConf's, which are what they contain. Bounded: what is
 * deeper than 24 levels or beyond 100 000 values is the text `…`.
 */
export type MetadataValue =
  | null
  | boolean
  | number
  | string
  | readonly MetadataValue[]
  | { readonly [key: string]: MetadataValue };
