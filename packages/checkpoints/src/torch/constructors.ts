import type { Constructor, Constructors } from '../pickle/constructors.js';
import { malformed } from '../refusal.js';
import { LazyTensor, unreadableTensor } from '../tensor.js';
import { GlobalName } from '../value.js';
import { LAYOUT_CONSTRUCTORS } from './layout.js';
import { rebuildQuantized } from './quantized.js';
import { rebuildSparse } from './sparse.js';
import { isCounts, storageIn, view } from './strided.js';
import { wrapperSubclass } from './subclass.js';

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

/** `_rebuild_parameter(tensor, requires_grad, hooks)`, and before PyTorch 0.4 the class itself. */
const rebuildParameter: Constructor = ([tensor]) => (tensor instanceof LazyTensor ? tensor : undefined);

/** `_rebuild_meta_tensor_no_storage(dtype, size, stride, requires_grad)`: a tensor whose values were never made. */
const rebuildMeta: Constructor = ([, shape]) =>
  isCounts(shape)
    ? unreadableTensor(
        [...shape],
        'meta',
        'It has a shape and no values (device meta): save the model after its weights were loaded into it.',
      )
    : undefined;

const TENSOR_FUNCTIONS: Constructors = {
  'torch._utils._rebuild_tensor': rebuildTensor,
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_tensor_v3': rebuildTensorV3,
  'torch._utils._rebuild_parameter': rebuildParameter,
  'torch._utils._rebuild_parameter_with_state': rebuildParameter,
  'torch.nn.parameter.Parameter': rebuildParameter,
  'torch.autograd.variable.Variable': rebuildParameter,
  'torch._utils._rebuild_sparse_tensor': rebuildSparse,
  'torch._utils._rebuild_qtensor': rebuildQuantized,
  'torch._utils._rebuild_meta_tensor_no_storage': rebuildMeta,
  'torch._utils._rebuild_wrapper_subclass': (args, budget) => wrapperSubclass(args, undefined, budget),
};

/** `_rebuild_from_type_v2(function, type, args, attributes)`: a tensor that carries attributes. */
const rebuildFromType: Constructor = ([rebuild, , args, attributes], budget) => {
  if (!(rebuild instanceof GlobalName) || !Array.isArray(args)) return undefined;
  if (rebuild.path === 'torch._utils._rebuild_wrapper_subclass') return wrapperSubclass(args, attributes, budget);
  return Object.hasOwn(TENSOR_FUNCTIONS, rebuild.path) ? TENSOR_FUNCTIONS[rebuild.path](args, budget) : undefined;
};

/** The first argument: what TorchScript's functions that only state a type are given. */
const itself: Constructor = ([value]) => value;

/** What PyTorch's pickles call to make tensors. */
export const TORCH_CONSTRUCTORS: Constructors = {
  ...TENSOR_FUNCTIONS,
  ...LAYOUT_CONSTRUCTORS,
  'torch._tensor._rebuild_from_type_v2': rebuildFromType,
  'torch.Size': ([extents]) => (Array.isArray(extents) ? extents : undefined),
  'torch.jit._pickle.build_tensorlist': itself,
  'torch.jit._pickle.build_intlist': itself,
  'torch.jit._pickle.build_doublelist': itself,
  'torch.jit._pickle.build_boollist': itself,
  'torch.jit._pickle.restore_type_tag': itself,
};
