import { type Shape, sizeOf } from '@xinc/core';
import type { MemoryBudget } from '../memory-budget.js';
import { computedTensor, LazyTensor } from '../tensor.js';
import type { PickledValue } from '../value.js';
import { broadcastIndex, broadcasts } from './broadcast.js';

/**
 * What HNeRV's code saves in place of a tensor: `{quant, min, scale}`, whole numbers q for the values min + scale · q,
 * of one `min` and `scale` or of some for every index of an axis. `undefined` for another dict.
 */
export function dequantisedDict(
  dict: ReadonlyMap<PickledValue, PickledValue>,
  budget: MemoryBudget,
): LazyTensor | undefined {
  if (dict.size !== 3) return undefined;
  const [quant, min, scale] = ['quant', 'min', 'scale'].map((key) => dict.get(key));
  if (!isTensor(quant) || !isTensor(min) || !isTensor(scale) || !/^u?int/.test(quant.dtype)) return undefined;
  const { shape } = quant;
  if (!broadcasts(min.shape, shape) || !broadcasts(scale.shape, shape)) return undefined;
  return computedTensor(shape, `dequantised (${quant.dtype} with min and scale)`, 0, budget, () => {
    const [codes, offsets, steps] = [quant.float32(), min.float32(), scale.float32()];
    const [offsetOf, stepOf] = [broadcastIndex(shape, min.shape), broadcastIndex(shape, scale.shape)];
    return codes.map((code, i) => offsets[offsetOf(i)] + steps[stepOf(i)] * code);
  });
}

/** Steps and zero points of quantised elements, one for each block of them. */
export interface BlockScales {
  /** The extents of a block along each axis. */
  readonly block: Shape;
  /** Steps, one for each block, row-major. */
  readonly scale: LazyTensor;
  /** Whole numbers that stand for zero, as many; zeros unless given. */
  readonly zeroPoint?: LazyTensor;
}

/**
 * (q − zero point) · scale, in float32 as PyTorch computes it.
 * @returns `undefined` where there are not as many scales as blocks
 */
export function dequantisedBlocks(
  codes: LazyTensor,
  { block, scale, zeroPoint }: BlockScales,
  made: string,
  budget: MemoryBudget,
): LazyTensor | undefined {
  const { shape } = codes;
  if (block.length !== shape.length || !block.every((extent, axis) => extent > 0 && shape[axis] % extent === 0)) {
    return undefined;
  }
  const blocks = shape.map((extent, axis) => extent / block[axis]);
  if (sizeOf(scale.shape) !== sizeOf(blocks)) return undefined;
  if (zeroPoint && sizeOf(zeroPoint.shape) !== sizeOf(blocks)) return undefined;
  return computedTensor(shape, made, 0, budget, () => {
    const [steps, zeros] = [scale.float32(), zeroPoint?.float32()];
    const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
    const blockStrides = blocks.map((_, axis) => sizeOf(blocks.slice(axis + 1)));
    const axes = shape.flatMap((extent, axis) =>
      blocks[axis] > 1 ? [{ extent, stride: strides[axis], block: block[axis], step: blockStrides[axis] }] : [],
    );
    return codes.float32().map((code, i) => {
      let at = 0;
      for (const axis of axes) at += Math.floor((Math.floor(i / axis.stride) % axis.extent) / axis.block) * axis.step;
      return Math.fround(code - (zeros?.[at] ?? 0)) * steps[at];
    });
  });
}

function isTensor(value: PickledValue | undefined): value is LazyTensor {
  return value instanceof LazyTensor;
}
