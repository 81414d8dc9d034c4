import { type BlockScales, dequantisedBlocks } from '../derived/dequantise.js';
import type { MemoryBudget } from '../memory-budget.js';
import type { Constructor } from '../pickle/constructors.js';
import { computedTensor, LazyTensor, unreadableTensor } from '../tensor.js';
import { GlobalName, type PickledValue } from '../value.js';
import { isCounts, storageIn, view } from './strided.js';

/** The whole numbers that PyTorch's quantised types are. */
const CODES: Readonly<Record<string, string>> = { qint8: 'int8', quint8: 'uint8', qint32: 'int32' };

/**
 * `_rebuild_qtensor(storage, offset, size, stride, quantizer, requires_grad, hooks)`: the tensor dequantised, (q − zero
 * point) · scale. The quantizer is `(per_tensor_affine, scale, zero point)` or `(per_channel_affine, scales, zero
 * points, axis)`.
 */
export const rebuildQuantized: Constructor = (args, budget) => {
  const storage = storageIn(args);
  const [, , shape, , quantizer] = args;
  if (!isCounts(shape) || !Array.isArray(quantizer)) return undefined;
  const { dtype } = storage;
  const codes = Object.hasOwn(CODES, dtype) ? view(storage, CODES[dtype], args, undefined, budget) : undefined;
  const scales = codes && scalesOf(quantizer, shape, budget);
  const tensor = codes && scales && dequantisedBlocks(codes, scales, `dequantised (${dtype})`, budget);
  return tensor ?? unreadableTensor([...shape], dtype, 'In Python, save tensor.dequantize() in its place.');
};

function scalesOf(
  quantizer: readonly PickledValue[],
  shape: readonly number[],
  budget: MemoryBudget,
): BlockScales | undefined {
  const [scheme, scale, zeroPoint, axis] = quantizer;
  if (!(scheme instanceof GlobalName)) return undefined;
  if (scheme.path === 'torch.per_tensor_affine' && typeof scale === 'number' && typeof zeroPoint === 'number') {
    return { block: shape, scale: constant(scale, budget), zeroPoint: constant(zeroPoint, budget) };
  }
  if (scheme.path !== 'torch.per_channel_affine' || typeof axis !== 'number') return undefined;
  if (!(scale instanceof LazyTensor) || !(zeroPoint instanceof LazyTensor)) return undefined;
  return { block: shape.map((extent, i) => (i === axis ? 1 : extent)), scale, zeroPoint };
}

function constant(value: number, budget: MemoryBudget): LazyTensor {
  return computedTensor([], 'a constant', 0, budget, () => Float32Array.of(value));
}
