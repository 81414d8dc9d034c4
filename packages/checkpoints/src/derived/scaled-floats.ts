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
 * `scale_weight`. Codes whose scale is not understood, or may be a float beside them of another name, cannot be read: without it they are other
 * numbers.
 */
export function scaledFloats(tensors: Tensors, budget: MemoryBudget): Derivation[] {
  const coded = [...tensors].filter(([, { dtype }]) => dtype.startsWith('float8_'));
  if (coded.length === 0) return [];
  const others = scalesOfOtherNames(tensors);
  return coded.flatMap(([name, codes]) => {
    const known = scaleNames(name).filter((scale) => tensors.has(scale));
    const unknown = scalesBeside(name, codes.dtype, others);
    if (known.length + unknown.length === 0) return [];
    const { shape, parent } = codes;
    const blocks = known.length === 1 && unknown.length === 0 ? blocksOf(shape, tensors.get(known[0])!) : undefined;
    const tensor = blocks
      ? scaled(codes, tensors.get(known[0])!, blocks, budget)
      : unreadableTensor(shape, `${codes.dtype} with a scale`, adviceFor(known, unknown, tensors));
    // A scale of another name stays in the file: it may be a parameter of the network.
    return [{ name, parent, sources: [name, ...known], tensor }];
  });
}

function scaleNames(name: string): readonly string[] {
  const attribute = name.lastIndexOf('.') + 1;
  return [`${name}_scale`, `${name}_scale_inv`, `${name.slice(0, attribute)}scale_${name.slice(attribute)}`];
}

/** What a scale of another name may be called, and what is called so but scales no weights. */
const SCALE = /scale/i;
const OF_ACTIVATIONS = /(^|_)(inputs?|outputs?|acts?|activations?)(_|$)/i;

/** By what is before the last dot of a name, and then by dtype: the first tensor there. */
type OtherScales = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Floats that are called a scale, by none of the names of `scaleNames`. One of each dtype is enough to refuse what lies beside it. */
function scalesOfOtherNames(tensors: Tensors): OtherScales {
  const known = new Set([...tensors.keys()].flatMap(scaleNames));
  const others = new Map<string, Map<string, string>>();
  for (const [name, tensor] of tensors) {
    const { stem, last } = split(name);
    if (!isFloat(tensor) || known.has(name) || !SCALE.test(last) || OF_ACTIVATIONS.test(last)) continue;
    const ofStem = others.get(stem) ?? new Map<string, string>();
    if (!ofStem.has(tensor.dtype)) ofStem.set(tensor.dtype, name);
    others.set(stem, ofStem);
  }
  return others;
}

/** Those beside codes or below their name. What has the dtype of the codes is a parameter like them, of a network that was cast as a whole. */
function scalesBeside(name: string, dtype: string, others: OtherScales): readonly string[] {
  const { stem, last } = split(name);
  if (SCALE.test(last)) return [];
  return [stem, name].flatMap((of) =>
    [...(others.get(of) ?? [])].flatMap(([other, scale]) => (other === dtype ? [] : [scale])),
  );
}

function split(name: string): { readonly stem: string; readonly last: string } {
  const dot = name.lastIndexOf('.');
  return { stem: name.slice(0, Math.max(dot, 0)), last: name.slice(dot + 1) };
}

function adviceFor(known: readonly string[], unknown: readonly string[], tensors: Tensors): string {
  const found = [...known, ...unknown].map(
    (name) => `'${printable(name)}' of shape ${formatShape(tensors.get(name)!.shape)}`,
  );
  const one =
    unknown.length === 1
      ? `Beside it is ${found[0]}, which may be its scale.`
      : `How ${found[0]} scales it is not known.`;
  const reason = found.length > 1 ? `Beside it are ${found.join(' and ')}, and one may be its scale.` : one;
  const otherwise = unknown.length > 0 ? ' If it has no scale, save tensor.float() in its place.' : '';
  return `${reason} In Python, save the product as float32 and leave the scale out.${otherwise}`;
}

/** The extents that each number of a scale is of, and the scale's shape with the weight's axes; `undefined` where they are not certain. */
function blocksOf(
  shape: Shape,
  scale: CheckpointTensor,
): { readonly grid: Shape; readonly extents: Shape } | undefined {
  if (!isFloat(scale) || shape.includes(0) || scale.shape.includes(0)) return undefined;
  const grid = gridOf(shape, scale.shape);
  if (!grid) return undefined;
  const extents = shape.map((extent, axis) => blockExtent(extent, grid[axis]));
  return extents.every((extent) => extent !== undefined) ? { grid, extents } : undefined;
}

/** One number is of all and a list of the rows; blocks are told by a scale with the weight's axes. */
function gridOf(shape: Shape, scale: Shape): Shape | undefined {
  if (sizeOf(scale) === 1) return shape.map(() => 1);
  if (scale.length === shape.length) return scale;
  const isOfRows = scale.length === 1 && scale[0] === shape[0];
  return isOfRows ? [...scale, ...shape.slice(1).map(() => 1)] : undefined;
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
