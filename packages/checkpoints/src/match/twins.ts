import type { Checkpoint, CheckpointTensor } from '../checkpoint.js';
import { tensorsByPlainName } from './names.js';

/** Tensors of a place that is looked through, so that many places take no time. */
const MOST_TENSORS = 2000;
/** Elements of the largest tensor that is compared with others. */
const MOST_ELEMENTS = 2 ** 20;

/**
 * The tensors whose plain names begin with a prefix, but for those that are there under another name before: of matrices the
 * very same elements, or the same value by value. A buffer that two modules register is one tensor. `undefined` where there is
 * none.
 */
export function withoutTwins(checkpoint: Checkpoint, prefix: string): Checkpoint | undefined {
  const inside = [...tensorsByPlainName(checkpoint)].filter(([name]) => name.startsWith(prefix));
  if (inside.length > MOST_TENSORS) return undefined;
  const tensors = new Map<string, CheckpointTensor>();
  /** Those kept, by shape and some of their values. */
  const kept = new Map<string, Float32Array[]>();
  let twins = 0;
  const here = new Set(inside.map(([, tensor]) => tensor));
  for (const [name, tensor] of inside) {
    const original = tensor.aliasOf === undefined ? undefined : checkpoint.tensors.get(tensor.aliasOf);
    if (tensor.shape.length === 2 && original && here.has(original)) {
      twins++;
      continue;
    }
    const values = comparable(tensor);
    if (values) {
      const key = `${tensor.shape}:${values.subarray(0, 8)}:${values.at(-1)}`;
      const alike = kept.get(key) ?? [];
      if (alike.some((other) => other.every((value, i) => value === values[i]))) {
        twins++;
        continue;
      }
      // Only a few of the tensors that begin and end alike: comparing each with each would take too long.
      if (alike.length < 8) kept.set(key, [...alike, values]);
    }
    tensors.set(name, tensor);
  }
  return twins > 0 ? { ...checkpoint, tensors } : undefined;
}

/** A small matrix's values, if float32 holds them. Biases that are all zero are no twins. */
function comparable({ shape, dtype, float32 }: CheckpointTensor): Float32Array | undefined {
  const elements = shape.reduce((product, extent) => product * extent, 1);
  if (shape.length !== 2 || elements === 0 || elements > MOST_ELEMENTS || !/^b?float(16|32|64)$/.test(dtype)) {
    return undefined;
  }
  return float32();
}
