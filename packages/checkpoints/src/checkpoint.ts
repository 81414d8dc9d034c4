import type { Shape } from '@xinc/core';

export type CheckpointFormat = 'pytorch' | 'safetensors' | 'npz' | 'npy' | 'pickle';

/** What a checkpoint file holds. */
export interface Checkpoint {
  readonly format: CheckpointFormat;
  /** The file's name, for messages. */
  readonly source: string;
  /**
   * Every tensor in the file, by the keys and attributes that lead to it, joined by dots:
   * `state_dict.model.net.0.weight`, `optimizer_states.0.state.0.exp_avg`. One that several paths lead to through a
   * shared dict is named by the first. In place of what a weight is computed from (the norm and direction of
   * `weight_norm`, a pruning's mask) stands the weight; `notes` say so.
   */
  readonly tensors: ReadonlyMap<string, CheckpointTensor>;
  /** Everything else in the file (`epoch`, `hyper_parameters`, …). */
  readonly metadata: { readonly [key: string]: MetadataValue };
  /**
   * The classes and functions that Python would call to load the file and that are not known here (`os.system`,
   * `argparse.Namespace`), each once, at most ten, control characters escaped. Nothing of them was executed.
   */
  readonly foreign: readonly string[];
  /**
   * What reading made of the file beyond taking tensors out of it, at most twenty lines for whoever imports it:
   * `computed from its norm and direction (weight_norm): net.0.weight, net.2.weight`.
   */
  readonly notes: readonly string[];
}

/** An array in a checkpoint. */
export interface CheckpointTensor {
  readonly shape: Shape;
  /** As stored, in PyTorch's names: `float32`, `float16`, `bfloat16`, `float64`, `int64`, `bool`, … */
  readonly dtype: string;
  /** The part of its name that leads to the dict (or module) it is an entry of: `state_dict`; empty at the top. A
   * tensor that is a plain attribute of a module, in no state dict, has its own name here. */
  readonly parent: string;
  /**
   * The name of an earlier tensor of the file that is the very same elements of one storage: the same tensor kept
   * twice (tied weights, a buffer registered in two modules). Absent for all others, also for other views of a storage.
   */
  readonly aliasOf?: string;
  /** How it was computed, where it was not simply taken out of the file: `made dense (torch.sparse_coo)`. */
  readonly made?: string;
  /**
   * Its values as float32, row-major; converted when first asked for, the same array every time.
   * @throws XincError `unsupported` where float32 cannot hold them (complex dtypes).
   */
  float32(): Float32Array;
  /** The real and imaginary part of each of complex numbers, [..., 2], as `torch.view_as_real` has them. */
  pairs?(): Float32Array;
}

/**
 * Plain JSON made from what a file holds besides tensors. Dicts are objects, tuples and sets arrays, bytes a text with
 * their number, integers beyond 2⁵³ decimal texts (beyond 512 bits their size); classes and functions are their name, and instances of classes
 * `{ type, args?, state?, items?, elements? }`, except for OmegaConf's, which are what they contain. Bounded: what is
 * deeper than 24 levels, beyond 100 000 values or 4 million characters is the text `…`.
 */
export type MetadataValue =
  | null
  | boolean
  | number
  | string
  | readonly MetadataValue[]
  | { readonly [key: string]: MetadataValue };
