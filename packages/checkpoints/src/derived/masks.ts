import type { CheckpointTensor } from '../checkpoint.js';
import { isReadable } from '../dtype.js';
import type { MemoryBudget } from '../memory-budget.js';
import { computedTensor } from '../tensor.js';
import { broadcastIndex, broadcasts } from './broadcast.js';
import { type Derivation, isFloat, type Tensors } from './derivation.js';

/** What is said of weights that were multiplied by a mask. */
export const MASKED = 'multiplied by its mask (pruning)';
const INVERTED = 'left as it is, its mask has ones where it is zero already (pruning)';

/** A mask beside a layer's weight, and the ending of the weight's name in its place. */
const BESIDE: readonly (readonly [mask: RegExp, weight: string])[] = [
  [/_mask$/, ''],
  [/\.mask$/, ''],
  [/\.(weight_mask|mask|weight_masks|masks|mask_weight|prun(e|ing)_mask|sparsity_mask)$/, '.weight'],
  [/\.(mask_bias)$/, '.bias'],
  [/\.0\.mask$/, '.original'],
];

/** Masks in a dict of their own, by the names of the weights or of their layers. */
const DICT = /^(?:.*\.)?(?:(?:prun(?:e|ing)|weight)_)?masks?\.(.+)$/;

/**
 * The weights beside which masks lie, multiplied by them: layers that compute with weight · mask keep both (pruning that
 * PyTorch's own names do not show). A mask is of zeros and ones alone, and stretches to the weight's shape.
 */
export function masked(tensors: Tensors, budget: MemoryBudget): Derivation[] {
  const names = [...tensors.keys()].filter((name) => name.includes('mask'));
  const heads = names.length > 0 ? headsOf(tensors) : [];
  return names.flatMap((name) =>
    weightsOf(name, tensors, heads).flatMap((weight) => product(weight, name, tensors, budget) ?? []),
  );
}

/** State dicts that a dict of masks may be of. */
const MOST_HEADS = 32;

/** What names of state dicts begin with: nothing, the first one or two keys. */
function headsOf(tensors: Tensors): readonly string[] {
  const heads = new Set(['']);
  for (const name of tensors.keys()) {
    if (heads.size >= MOST_HEADS) break;
    const [first, second] = name.split('.', 3);
    if (!name.includes('mask')) heads.add(`${first}.`).add(`${first}.${second}.`);
  }
  return [...heads];
}

/** Names of the weights that a mask may be of. */
function weightsOf(mask: string, tensors: Tensors, heads: readonly string[]): readonly string[] {
  for (const [ending, weight] of BESIDE) {
    const name = mask.replace(ending, weight);
    if (name !== mask && fits(name, tensors, tensors.get(mask)!)) return [name];
  }
  const inside = DICT.exec(mask)?.[1];
  if (inside === undefined) return [];
  return heads
    .flatMap((head) => [head + inside, `${head}${inside}.weight`])
    .filter((name) => fits(name, tensors, tensors.get(mask)!));
}

/** A weight that keeps its own mask (`weight_orig`) is another's concern. */
function fits(name: string, tensors: Tensors, mask: CheckpointTensor): boolean {
  const weight = tensors.get(name);
  return (
    weight !== undefined &&
    !tensors.has(`${name}_orig`) &&
    isFloat(weight) &&
    mask.shape.length > 0 &&
    broadcasts(mask.shape, weight.shape)
  );
}

/**
 * Whether a mask has ones for what was taken away: the weights are zero wherever it has a one, and not all of them elsewhere. Nothing is told of
 * a mask without ones, which takes away everything.
 */
function isInverted(weight: CheckpointTensor, mask: Float32Array, at: (index: number) => number): boolean {
  if (!mask.includes(1) || !isReadable(weight.dtype)) return false;
  const all = weight.float32();
  return all.every((value, i) => value === 0 || mask[at(i)] === 0) && all.some((value) => value !== 0);
}

function product(name: string, maskName: string, tensors: Tensors, budget: MemoryBudget): Derivation | undefined {
  const [weight, mask] = [tensors.get(name)!, tensors.get(maskName)!];
  if (!/^(b?float(16|32|64)|u?int\d+|bool)$/.test(mask.dtype)) return undefined;
  const values = mask.float32();
  if (!values.every((value) => value === 0 || value === 1)) return undefined;
  const at = broadcastIndex(weight.shape, mask.shape);
  const made = isInverted(weight, values, at) ? INVERTED : MASKED;
  const tensor = computedTensor(weight.shape, made, 0, budget, () => {
    const all = weight.float32();
    return made === INVERTED ? all : all.map((value, i) => value * values[at(i)]);
  });
  // What it was made by is undone as well: `parametrizations.weight.original` is the weight.
  const parametrised = /^(|.*\.)parametrizations\.([^.]+)\.original$/.exec(name);
  return {
    name: parametrised ? parametrised[1] + parametrised[2] : name,
    parent: weight.parent,
    sources: [name, maskName],
    tensor,
  };
}
