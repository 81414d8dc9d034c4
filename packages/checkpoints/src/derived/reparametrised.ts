import { sameShape, sizeOf } from '@xinc/core';
import type { CheckpointTensor } from '../checkpoint.js';
import type { MemoryBudget } from '../memory-budget.js';
import type { Notes } from '../notes.js';
import { computedTensor } from '../tensor.js';
import { broadcasts } from './broadcast.js';
import { type Derivation, isFloat, type Rule, type Tensors } from './derivation.js';
import { MASKED, masked } from './masks.js';
import { scaledFloats } from './scaled-floats.js';
import { outputAxes, spectralNorm } from './spectral-norm.js';
import { weightNorm } from './weight-norm.js';

/** Masks of weights whose norm is kept apart, and the like. */
const MOST_PASSES = 3;

/**
 * Puts the weights that PyTorch computes with in place of what it computes them from: `weight_norm`, `spectral_norm` (old
 * and new), pruning, masks and scales beside weights, and the packed weights of quantised layers. `notes` are told of what cannot be computed.
 */
export function reparametrised(
  found: Map<string, CheckpointTensor>,
  notes: Notes,
  budget: MemoryBudget,
): Map<string, CheckpointTensor> {
  let tensors = found;
  for (const derive of [scaledFloats, masked]) {
    const derivations = derive(tensors, budget);
    if (derivations.length > 0) tensors = replaced(tensors, derivations);
  }
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const derivations = [...tensors.keys()].flatMap((name) => derivationsOf(name, tensors, budget));
    if (derivations.length === 0) break;
    tensors = replaced(tensors, derivations);
  }
  for (const name of tensors.keys()) {
    if (UNKNOWN_PARAMETRISATION.test(name)) notes.add(UNKNOWN_NOTE, name);
  }
  return tensors;
}

const UNKNOWN_PARAMETRISATION = /(^|\.)parametrizations\.[^.]+\.original0?$/;
const UNKNOWN_NOTE =
  'made into a weight by a parametrization that the file does not hold (in Python, call torch.nn.utils.parametrize.remove_parametrizations(module, name) before saving)';

function derivationsOf(name: string, tensors: Tensors, budget: MemoryBudget): readonly Derivation[] {
  for (const [ending, rule] of RULES) {
    if (name.endsWith(ending)) {
      const derivations = rule(name.slice(0, -ending.length), tensors, budget);
      if (derivations.length > 0) return derivations;
    }
  }
  return [];
}

const pruning: Rule = (stem, tensors, budget) => {
  const sources = [`${stem}_orig`, `${stem}_mask`];
  const [original, mask] = sources.map((name) => tensors.get(name));
  if (!original || !mask || isTaken(stem, tensors) || !isFloat(original) || !sameShape(original.shape, mask.shape))
    return [];
  const tensor = computedTensor(original.shape, MASKED, 0, budget, () => {
    const kept = mask.float32();
    return original.float32().map((value, i) => value * kept[i]);
  });
  return [{ name: stem, parent: original.parent, sources, tensor }];
};

const normAndDirection = (name: string, sources: readonly [string, string], tensors: Tensors, budget: MemoryBudget) => {
  const [norm, direction] = sources.map((source) => tensors.get(source));
  if (!norm || !direction || !isFloat(norm) || !isFloat(direction)) return [];
  const { shape, parent } = direction;
  if (isTaken(name, tensors) || shape.includes(0) || !broadcasts(norm.shape, shape)) return [];
  const tensor = computedTensor(shape, 'computed from its norm and direction (weight_norm)', 0, budget, () =>
    weightNorm(direction.float32(), shape, norm.float32(), norm.shape),
  );
  return [{ name, parent, sources, tensor }];
};

const oldWeightNorm: Rule = (stem, tensors, budget) =>
  normAndDirection(stem, [`${stem}_g`, `${stem}_v`], tensors, budget);

const newWeightNorm: Rule = (stem, tensors, budget) => {
  const name = parametrised(stem);
  if (name === undefined || tensors.has(`${stem}.original2`) || tensors.has(`${stem}.1._u`)) return [];
  return normAndDirection(name, [`${stem}.original0`, `${stem}.original1`], tensors, budget);
};

const singular = (
  name: string,
  [weightName, uName, vName]: readonly [string, string, string],
  tensors: Tensors,
  budget: MemoryBudget,
) => {
  const [weight, u, v] = [weightName, uName, vName].map((source) => tensors.get(source));
  if (!weight || !u || !v || isTaken(name, tensors) || u.shape.length !== 1 || v.shape.length !== 1) return [];
  const { shape, parent } = weight;
  const lengths = { u: { length: sizeOf(u.shape) }, v: { length: sizeOf(v.shape) } };
  if (shape.includes(0) || outputAxes(shape, lengths).length === 0) return [];
  const tensor = computedTensor(shape, 'divided by its largest singular value (spectral_norm)', 0, budget, () =>
    spectralNorm(weight.float32(), shape, { u: u.float32(), v: v.float32() }),
  );
  return [{ name, parent, sources: [weightName, uName, vName], tensor }];
};

const oldSpectralNorm: Rule = (stem, tensors, budget) =>
  singular(stem, [`${stem}_orig`, `${stem}_u`, `${stem}_v`], tensors, budget);

const newSpectralNorm: Rule = (stem, tensors, budget) => {
  const name = parametrised(stem);
  if (name === undefined || tensors.has(`${stem}.1._u`)) return [];
  return singular(name, [`${stem}.original`, `${stem}.0._u`, `${stem}.0._v`], tensors, budget);
};

/**
 * A quantised linear layer keeps the pair (weight, bias) as one entry, beside the scale of its outputs.
 * @param pair the ending of the pair's name
 */
const packedLayer =
  (pair: string): Rule =>
  (stem, tensors) => {
    const [weightName, biasName] = [`${stem}${pair}.0`, `${stem}${pair}.1`];
    const [weight, bias] = [weightName, biasName].map((name) => tensors.get(name));
    if (!weight || tensors.has(`${stem}.weight`)) return [];
    const scales = [`${stem}.scale`, `${stem}.zero_point`].filter((name) => tensors.has(name));
    const parent = scales.length > 0 ? tensors.get(scales[0])!.parent : '';
    const layer = { name: `${stem}.weight`, parent, sources: [weightName, ...scales], tensor: weight };
    return bias ? [layer, { name: `${stem}.bias`, parent, sources: [biasName], tensor: bias }] : [layer];
  };

/** In a state dict, and in a module that was saved whole. */
const PACKED_PAIRS = ['._packed_params._packed_params', '._packed_params._packed_params.0'];

const RULES: readonly (readonly [ending: string, rule: Rule])[] = [
  ['_mask', pruning],
  ['_g', oldWeightNorm],
  ['.original0', newWeightNorm],
  ['_u', oldSpectralNorm],
  ['.0._u', newSpectralNorm],
  ...PACKED_PAIRS.map((pair) => [`${pair}.0`, packedLayer(pair)] as const),
];

/** `net.0.parametrizations.weight` → `net.0.weight`. */
function parametrised(stem: string): string | undefined {
  const at = stem.lastIndexOf('parametrizations.');
  if (at < 0 || (at > 0 && stem[at - 1] !== '.') || stem.includes('.', at + 'parametrizations.'.length))
    return undefined;
  return stem.slice(0, at) + stem.slice(at + 'parametrizations.'.length);
}

/** Each derived tensor stands where the first of its sources stood; the sources are gone. */
function replaced(tensors: Tensors, derivations: readonly Derivation[]): Map<string, CheckpointTensor> {
  const bySource = new Map(
    derivations.flatMap((derivation) =>
      [derivation.name, ...derivation.sources].map((name): [string, Derivation] => [name, derivation]),
    ),
  );
  const result = new Map<string, CheckpointTensor>();
  /** The first derived tensor by what it is computed from, under the names that the sources had first. */
  const firstNames = new Map<string, string>();
  for (const [name, tensor] of tensors) {
    const derivation = bySource.get(name);
    if (!derivation) {
      const { aliasOf, ...own } = tensor;
      result.set(name, aliasOf !== undefined && bySource.has(aliasOf) ? own : tensor);
    } else if (!result.has(derivation.name)) {
      const identity = JSON.stringify(derivation.sources.map((source) => tensors.get(source)?.aliasOf ?? source));
      const aliasOf = firstNames.get(identity);
      if (aliasOf === undefined) firstNames.set(identity, derivation.name);
      const { parent, tensor: derived } = derivation;
      result.set(derivation.name, {
        shape: derived.shape,
        dtype: derived.dtype,
        parent,
        ...(aliasOf !== undefined && { aliasOf }),
        ...(derived.made !== undefined && { made: derived.made }),
        float32: () => derived.float32(),
      });
    }
  }
  return result;
}

/** Whether a name is that of another tensor; a module's plain attribute of it is what was computed last. */
function isTaken(name: string, tensors: Tensors): boolean {
  const tensor = tensors.get(name);
  return tensor !== undefined && tensor.parent !== name;
}
