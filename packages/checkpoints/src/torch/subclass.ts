import { sizeOf } from '@xinc/core';
import { printable } from '@xinc/core/formats';
import { dequantisedBlocks } from '../derived/dequantise.js';
import type { MemoryBudget } from '../memory-budget.js';
import { LazyTensor, unreadableTensor } from '../tensor.js';
import { GlobalName, type PickledValue } from '../value.js';
import { isCounts } from './strided.js';

/** torchao's tensors of 8-bit numbers with scales: `{qdata, scale, zero_point?, block_size}` (torchao 0.18). */
const SCALED: ReadonlySet<string> = new Set(['Int8Tensor', 'Float8Tensor', 'IntxUnpackedToInt8Tensor']);

/**
 * `_rebuild_wrapper_subclass(type, dtype, size, …)` with the object's attributes: a tensor that is made of others, as
 * torchao's quantised weights and distributed tensors are. Those of torchao with 8 bits are dequantised, of others the
 * shape and the type can be told.
 */
export function wrapperSubclass(
  [type, , shape]: readonly PickledValue[],
  attributes: PickledValue | undefined,
  budget: MemoryBudget,
): LazyTensor | undefined {
  if (!(type instanceof GlobalName) || !isCounts(shape)) return undefined;
  const name = type.path.slice(type.path.lastIndexOf('.') + 1);
  const torchao = type.path.startsWith('torchao.');
  const scaled = torchao && SCALED.has(name) && attributes instanceof Map;
  const tensor = scaled ? dequantisedSubclass(name, shape, attributes, budget) : undefined;
  const convert = torchao ? 'tensor.dequantize()' : 'the plain tensor (of a DTensor, tensor.full_tensor())';
  return tensor ?? unreadableTensor([...shape], printable(name), `In Python, save ${convert} in its place.`);
}

function dequantisedSubclass(
  name: string,
  shape: readonly number[],
  attributes: ReadonlyMap<PickledValue, PickledValue>,
  budget: MemoryBudget,
): LazyTensor | undefined {
  const [codes, scale, zeroPoint, block] = ['qdata', 'scale', 'zero_point', 'block_size'].map((key) =>
    attributes.get(key),
  );
  if (!(codes instanceof LazyTensor) || !(scale instanceof LazyTensor) || !isCounts(block)) return undefined;
  // Inputs that are scaled before the weight is applied would have to be scaled here as well.
  if ((attributes.get('act_pre_scale') ?? null) !== null || sizeOf(codes.shape) !== sizeOf(shape)) return undefined;
  const zeros = zeroPoint instanceof LazyTensor ? { zeroPoint } : {};
  return dequantisedBlocks(codes, { block: [...block], scale, ...zeros }, `dequantised (torchao's ${name})`, budget);
}
