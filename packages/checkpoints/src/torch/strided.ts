import type { Shape } from '@xinc/core';
import type { MemoryBudget } from '../memory-budget.js';
import { malformed } from '../refusal.js';
import { type LazyTensor, stridedTensor } from '../tensor.js';
import type { PickledValue } from '../value.js';
import { TorchStorage } from './storage.js';

/** The storage that PyTorch's functions which make tensors are given first. */
export function storageIn([storage]: readonly PickledValue[]): TorchStorage {
  if (storage instanceof TorchStorage) return storage;
  throw malformed('a tensor is described without its storage');
}

/**
 * A view of a storage, from arguments that begin `(storage, offset, size, stride)`.
 * @param flags the lazy bits of a tensor: `{neg: True}`, `{conj: True}`
 */
export function view(
  storage: TorchStorage,
  dtype: string,
  [, offset, shape, strides]: readonly PickledValue[],
  flags: PickledValue | undefined,
  budget: MemoryBudget,
): LazyTensor {
  if (typeof offset !== 'number' || !isCounts(shape) || !isCounts(strides)) {
    throw malformed('a tensor is described without its shape, strides or offset');
  }
  // Copied: the pickle may go on appending to its lists.
  const layout = { shape: [...shape], strides: [...strides], offset };
  const isSet = (bit: string) => flags instanceof Map && flags.get(bit) === true;
  const encoding = { dtype, littleEndian: storage.littleEndian, negated: isSet('neg'), conjugated: isSet('conj') };
  return stridedTensor(storage.bytes, layout, encoding, budget);
}

/** PyTorch goes to 64 axes; whether the numbers make sense is checked where the tensor is made. */
export function isCounts(value: PickledValue | undefined): value is (PickledValue & Shape) & number[] {
  return Array.isArray(value) && value.length <= 64 && value.every((extent) => typeof extent === 'number');
}
