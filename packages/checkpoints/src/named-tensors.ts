import { printable } from '@xinc/core/formats';
import type { CheckpointTensor } from './checkpoint.js';
import { dequantisedDict } from './derived/dequantise.js';
import type { MemoryBudget } from './memory-budget.js';
import { pickledArray, pickledObjects } from './numpy/pickled.js';
import { malformed } from './refusal.js';
import { LazyTensor } from './tensor.js';
import { InertRecord, type PickledValue } from './value.js';

/** Deeper than anything that Python's own pickler writes into a checkpoint. */
const DEEPEST = 100;
const LONGEST_NAME = 500;
/** Rough memory of an entry in the list of tensors, beside its name. */
const TENSOR_BYTES = 256;

/**
 * Finds every tensor in what a pickle holds and names it by the path to it. Dicts lead on by their keys (texts, numbers),
 * lists by positions, objects by their attributes; a `torch.nn.Module` by the names of its parameters, buffers and
 * modules, as `state_dict()` would name them. Each container is visited once, so shared and circular values end.
 */
export function namedTensors(root: PickledValue, budget: MemoryBudget): Map<string, CheckpointTensor> {
  const tensors = new Map<string, CheckpointTensor>();
  const visited = new Set<object>();
  const modules: [Module, string][] = [];
  /** Names by the tensor itself, or by what is the same for all views of the same elements. */
  const firstNames = new Map<LazyTensor | string, string>();

  /** @param owner path of the dict or outermost module that `value` is an entry of. */
  const visit = (value: PickledValue, path: string, owner: Owner, depth: number): void => {
    if (typeof value !== 'object' || value === null) return;
    if (value instanceof LazyTensor) {
      add(path === '' ? 'tensor' : path, owner, value);
      return;
    }
    if (isVisited(value)) return;
    // What hangs on a module, a trainer say, need not be anything that is looked for.
    if (depth > DEEPEST && owner === PLAIN) return;
    if (depth > DEEPEST) throw malformed(`the pickle nests its values more than ${DEEPEST} deep`);
    const array = arrayIn(value, budget);
    if (array) {
      add(path === '' ? 'array' : path, owner, array);
      return;
    }
    const objects = value instanceof InertRecord ? pickledObjects(value) : undefined;
    if (objects) {
      visit(objects.content, path, owner, depth + 1);
      return;
    }
    const module = isModule(value) || isProgram(value);
    const inside = owner === PLAIN || (module && owner.module) ? owner : { path, module };
    for (const part of partsOf(value)) {
      // Objects may share their attributes.
      if (part !== value && isVisited(part)) continue;
      for (const [key, entry] of entriesOf(part)) visit(entry, joined(path, key), inside, depth + 1);
    }
    if (isModule(value)) modules.push([value, path]);
  };

  /** Whether a container was met before; it has been met afterwards. */
  const isVisited = (container: object): boolean => {
    if (visited.has(container)) return true;
    visited.add(container);
    return false;
  };

  /** What is in no state dict: `self.B = B` without registering it, a plain list of layers. */
  const visitAttributes = ({ state }: Module, path: string): void => {
    if (isVisited(state)) return;
    for (const [key, entry] of state) {
      if (typeof key === 'string' && !OWN_ATTRIBUTES.test(key)) visit(entry, joined(path, key), PLAIN, 1);
    }
  };

  const add = (name: string, owner: Owner, tensor: LazyTensor): void => {
    if (owner === PLAIN && (tensors.has(name) || name.length > LONGEST_NAME)) return;
    if (name.length > LONGEST_NAME) throw malformed(`a tensor's name has ${name.length} characters`);
    if (tensors.has(name)) throw malformed(`two tensors in the file are named '${printable(name)}'`);
    budget.spend(TENSOR_BYTES + name.length, "what the file's tensors are called");
    const identity = tensor.elementsKey ?? tensor;
    const aliasOf = firstNames.get(identity);
    if (aliasOf === undefined) firstNames.set(identity, name);
    tensors.set(name, {
      shape: tensor.shape,
      dtype: tensor.dtype,
      parent: owner === PLAIN ? name : owner.path,
      ...(aliasOf !== undefined && { aliasOf }),
      ...(tensor.made !== undefined && { made: tensor.made }),
      float32: () => tensor.float32(),
      ...(tensor.pairs && { pairs: () => tensor.pairs!.float32() }),
    });
  };

  visit(root, '', { path: '', module: false }, 0);
  // Last, so that what is registered as well is named as state_dict() names it. The list grows on the way.
  for (const [module, path] of modules) visitAttributes(module, path);
  return tensors;
}

/** The tensor that NumPy, or HNeRV's decoder, would make of a record or dict. */
function arrayIn(value: PickledValue, budget: MemoryBudget): LazyTensor | undefined {
  if (value instanceof InertRecord) return pickledArray(value, budget);
  return value instanceof Map ? dequantisedDict(value, budget) : undefined;
}

/** What every module keeps about itself. */
const OWN_ATTRIBUTES = /^_(parameters|buffers|modules|\w*hooks\w*)$/;

interface Owner {
  readonly path: string;
  readonly module: boolean;
}

/** Owns what no state dict holds: each such tensor stands alone. */
const PLAIN: Owner = { path: '', module: false };

type Module = InertRecord & { readonly state: Map<PickledValue, PickledValue> };

function isModule(value: PickledValue): value is Module {
  return (
    value instanceof InertRecord &&
    value.state instanceof Map &&
    value.state.get('_parameters') instanceof Map &&
    value.state.get('_modules') instanceof Map
  );
}

/** A module of a TorchScript archive, whose attributes are its parameters, buffers and modules. */
function isProgram(value: PickledValue): boolean {
  return value instanceof InertRecord && value.type.startsWith('__torch__.');
}

/** The containers whose entries are those of a value: itself, or the dicts and the list of an object. */
function partsOf(value: object): readonly (Map<PickledValue, PickledValue> | PickledValue[])[] {
  if (value instanceof Map || Array.isArray(value)) return [value];
  if (!(value instanceof InertRecord)) return [];
  if (isModule(value)) {
    return ['_parameters', '_buffers', '_modules'].map((group) => value.state.get(group)).filter(isMap);
  }
  const { state, items, elements } = value;
  if (!Array.isArray(state)) return [...[state].filter(isMap), items, elements];
  // An object with slots pickles the pair (attributes, slots); any other sequence is the object's own.
  const slots = state.length === 2 && state.every((part) => part === null || isMap(part));
  return [...(slots ? state.filter(isMap) : [state]), items, elements];
}

function isMap(value: PickledValue | undefined): value is Map<PickledValue, PickledValue> {
  return value instanceof Map;
}

function* entriesOf(
  part: Map<PickledValue, PickledValue> | PickledValue[],
): Iterable<readonly [key: string | number, entry: PickledValue]> {
  if (Array.isArray(part)) yield* part.entries();
  else for (const [key, entry] of part) if (isName(key)) yield [key, entry];
}

function isName(key: PickledValue): key is string | number {
  return typeof key === 'string' || typeof key === 'number';
}

function joined(path: string, key: string | number): string {
  return path === '' ? String(key) : `${path}.${key}`;
}
