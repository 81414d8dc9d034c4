import { formatShape, type Shape, sizeOf } from '@xinc/core';
import { printable } from '@xinc/core/formats';
import type { CheckpointTensor } from '../checkpoint.js';
import type { MemoryBudget } from '../memory-budget.js';
import { computedTensor, unreadableTensor } from '../tensor.js';
import { type Derivation, isFloat, type Tensors } from './derivation.js';

/** Blocks of this extent may be cut short at the end of an axis, as published weights have them (DeepSeek-V3). */
const USUAL_BLOCK = 128;

/**
 * 8-bit floats with a scale beside them, of all, of each row or of each block: `weight_scale`, or `weight_scale_inv`, which multiplies too, or
 * `scale_weight`. Codes whose scale is not understood cannot be read: without it they are other numbers.
 */
export function scaledFloats(tensors: Tensors, budget: MemoryBudget): Derivation[] {
  return [...tensors].flatMap(([name, codes]) => {
    if (!codes.dtype.startsWith('float8_')) return [];
    const scales = scaleNames(name).filter((scale) => tensors.has(scale));
    if (scales.length === 0) return [];
    const { shape, parent } = codes;
    const blocks = scales.length === 1 ? blocksOf(shape, tensors.get(scales[0])!) : undefined;
    const tensor = blocks
      ? scaled(codes, tensors.get(scales[0])!, blocks, budget)
      : unreadableTensor(shape, `${codes.dtype} with a scale`, adviceFor(scales, tensors));
    return [{ name, parent, sources: [name, ...scales], tensor }];
  });
}

function scaleNames(name: string): readonly string[] {
  const attribute = name.lastIndexOf('.') + 1;
  return [`${name}_scale`, `${name}_scale_inv`, `${name.slice(0, attribute)}scale_${name.slice(attribute)}`];
}

function adviceFor(scales: readonly string[], tensors: Tensors): string {
  const found = scales.map((name) => `'${printable(name)}' of shape ${formatShape(tensors.get(name)!.shape)}`);
  const reason =
    found.length > 1
      ? `Beside it are ${found.join(' and ')}, and one may be its scale.`
      : `How ${found[0]} scales it is not known.`;
  return `${reason} In Python, save the product as float32 and leave the scale out.`;
}

/** The extents that each number of a scale is of, and the scale's shape with the weight's axes; `undefined` where they are not certain. */
function blocksOf(
  shape: Shape,
  scale: CheckpointTensor,
): { readonly grid: Shape; readonly extents: Shape } | undefined {
  if (!isFloat(scale) || shape.includes(0) || scale.shape.includes(0)) return undefined;
  // One number is of all, and a list is of the rows.
  const isOne = sizeOf(scale.shape) === 1;
  const rows = scale.shape.length === 1 ? [...scale.shape, ...shape.slice(1).map(() => 1)] : scale.shape;
  const grid = isOne ? shape.map(() => 1) : rows;
  if (grid.length !== shape.length) return undefined;
  const extents = shape.map((extent, axis) => blockExtent(extent, grid[axis]));
  return extents.every((extent) => extent !== undefined) ? { grid, extents } : undefined;
}

/** The extent of so many blocks along an axis: a power of two, which at most one is, or the whole axis. */
function blockExtent(extent: number, blocks: number): number | undefined {
  if (blocks === 1) return extent;
  if (blocks > extent) return undefined;
  const block = 2 ** Math.ceil(Math.log2(extent / blocks));
  if (Math.ceil(extent / block) !== blocks) return undefined;
  return extent % block === 0 || block === USUAL_BLOCK ? block : undefined;
}

function scaled(
  codes: CheckpointTensor,
  scale: CheckpointTensor,
  { grid, extents }: { readonly grid: Shape; readonly extents: Shape },
  budget: MemoryBudget,
): Derivation['tensor'] {
  const { shape } = codes;
  const isOfBlocks = extents.some((extent, axis) => grid[axis] > 1 && extent > 1);
  const made = `multiplied by its scale (8-bit floats${isOfBlocks ? `, blocks of ${formatShape(extents)}` : ''})`;
  return computedTensor(shape, made, 0, budget, () => {
    const factors = scale.float32();
    return codes.float32().map((value, i) => {
      // Row-major: the last axis first.
      let [rest, at, stride] = [i, 0, 1];
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        at += Math.floor((rest % shape[axis]) / extents[axis]) * stride;
        rest = Math.floor(rest / shape[axis]);
        stride *= grid[axis];
      }
      return value * factors[at];
    });
  });
}
