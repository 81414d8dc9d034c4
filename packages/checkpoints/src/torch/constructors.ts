import type { Shape } from '@xinc/core';
import type { MemoryBudget } from '../memory-budget.js';
import type { Constructor, Constructors } from '../pickle/constructors.js';
import { malformed } from '../refusal.js';
import { LazyTensor, stridedTensor } from '../tensor.js';
import { GlobalName, type PickledValue } from '../value.js';
import { TorchStorage } from './storage.js';

/** `_rebuild_tensor(storage, offset, size, stride)`, and v2 with `(…, requires_grad, hooks, metadata)` after it. */
const rebuildTensor: Constructor = (args, budget) => {
  const storage = storageIn(args);
  return view(storage, storage.dtype, args, args[6], budget);
};

/** `_rebuild_tensor_v3(storage, offset, size, stride, requires_grad, hooks, dtype, metadata)`, storage in bytes. */
const rebuildTensorV3: Constructor = (args, budget) => {
  const dtype = args[6];
  if (!(dtype instanceof GlobalName) || !dtype.path.startsWith('torch.')) {
    throw malformed('a tensor is described without its dtype');
  }
  return view(storageIn(args), dtype.path.slice('torch.'.length), args, args[7], budget);
};

/** `_rebuild_parameter(tensor, requires_grad, hooks)`. */
const rebuildParameter: Constructor = ([tensor]) => (tensor instanceof LazyTensor ? tensor : undefined);

const TENSOR_FUNCTIONS: Constructors = {
  'torch._utils._rebuild_tensor': rebuildTensor,
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_tensor_v3': rebuildTensorV3,
  'torch._utils._rebuild_parameter': rebuildParameter,
  'torch._utils._rebuild_parameter_with_state': rebuildParameter,
};

/** `_rebuild_from_type_v2(function, type, args, state)`: a tensor that carries attributes. */
const rebuildFromType: Constructor = ([rebuild, , args], budget) => {
  if (!(rebuild instanceof GlobalName) || !Array.isArray(args)) return undefined;
  return Object.hasOwn(TENSOR_FUNCTIONS, rebuild.path) ? TENSOR_FUNCTIONS[rebuild.path](args, budget) : undefined;
};

/** What PyTorch's pickles call to make tensors. */
export const TORCH_CONSTRUCTORS: Constructors = {
  ...TENSOR_FUNCTIONS,
  'torch._tensor._rebuild_from_type_v2': rebuildFromType,
  'torch.Size': ([extents]) => (Array.isArray(extents) ? extents : undefined),
};

function storageIn([storage]: readonly PickledValue[]): TorchStorage {
  if (storage instanceof TorchStorage) return storage;
  throw malformed('a tensor is described without its storage');
}

function view(
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
  const negated = flags instanceof Map && flags.get('neg') === true;
  return stridedTensor(storage.bytes, layout, { dtype, littleEndian: storage.littleEndian, negated }, budget);
}

/** PyTorch goes to 64 axes; whether the numbers make sense is checked where the tensor is made. */
function isCounts(value: PickledValue | undefined): value is (PickledValue & Shape) & number[] {
  return Array.isArray(value) && value.length <= 64 && value.every((extent) => typeof extent === 'number');
}
