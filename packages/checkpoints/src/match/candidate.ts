import { type CheckpointLayout, type ParameterSpec, type Shape, sameShape } from '@xinc/core';
import type { CheckpointTensor } from '../checkpoint.js';
import { prefixRank, segmentStarts, withoutWrappers } from './names.js';

/** One way of reading a checkpoint: a layout's names below a prefix. */
export interface Candidate {
  /** The layout's name; `undefined` for the model's own names. */
  readonly layout: string | undefined;
  /** What precedes the layout's names: empty, or ending with a separator. */
  readonly prefix: string;
  /** Parameter name → name in the checkpoint, without wrappers. */
  readonly names: ReadonlyMap<string, string>;
  /** Parameters whose matrix is stored with its axes swapped. */
  readonly transposed: ReadonlySet<string>;
  /** Names of parameters that may lie around the prefix; see `CheckpointLayout.around`. */
  readonly around: ReadonlyMap<string, readonly string[]>;
  /** Names, below the prefix, of tensors that state settings and are no parameters. */
  readonly stated: ReadonlySet<string>;
  /** How many of the names are there. */
  readonly found: number;
}

/** The ways to name `parameters` in a checkpoint: their own names, and each layout's (own names where it has none). */
export function namings(
  parameters: readonly string[],
  layouts: readonly CheckpointLayout[],
): Pick<Candidate, 'layout' | 'names' | 'transposed' | 'around' | 'stated'>[] {
  const own = {
    layout: undefined,
    names: new Map(parameters.map((name) => [name, withoutWrappers(name)])),
    transposed: new Set<string>(),
    around: new Map<string, readonly string[]>(),
    stated: new Set<string>(),
  };
  const published = layouts.map((layout) => ({
    layout: layout.name,
    names: new Map(
      parameters.map((name) => [name, withoutWrappers(Object.hasOwn(layout.names, name) ? layout.names[name] : name)]),
    ),
    transposed: new Set(layout.transposed),
    around: new Map(Object.entries(layout.around ?? {})),
    stated: new Set(layout.stated?.map(withoutWrappers)),
  }));
  return [own, ...published];
}

/** Every (naming, prefix) under which at least one name is there, the one that finds most first; see `prefixRank`. */
export function candidates(
  tensors: ReadonlyMap<string, CheckpointTensor>,
  ways: ReturnType<typeof namings>,
): Candidate[] {
  const all = ways.flatMap(({ names, ...way }) => {
    const counts = new Map<string, number>();
    const wanted = new Set(names.values());
    const longest = Math.max(...[...wanted].map((name) => name.length));
    for (const tensor of tensors.keys()) {
      for (const prefix of prefixesOf(tensor, longest)) {
        if (wanted.has(tensor.slice(prefix.length))) counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
      }
    }
    return [...counts].map(([prefix, found]): Candidate => ({ ...way, prefix, names, found }));
  });
  return all.sort(
    (a, b) => b.found - a.found || prefixRank(a.prefix) - prefixRank(b.prefix) || a.prefix.length - b.prefix.length,
  );
}

/** What may precede a name: nothing, or whole segments; what is left has at most `longest` characters. */
function prefixesOf(name: string, longest: number): string[] {
  return segmentStarts(name, name.length - longest).map((start) => name.slice(0, start));
}

/** What a candidate gives each parameter, and what it leaves over. */
export interface Match {
  readonly candidate: Candidate;
  readonly rows: readonly MatchRow[];
  /** Names of tensors beside the matched ones that no parameter takes. */
  readonly leftOver: readonly string[];
}

export interface MatchRow {
  readonly parameter: ParameterSpec;
  /** The name looked for. */
  readonly name: string;
  readonly tensor: CheckpointTensor | undefined;
  /** Why the tensor cannot be the parameter; `missing` where there is none, and one is needed. */
  readonly problem?: 'missing' | 'shape' | 'dtype';
}

/** Whether every parameter has what it needs. */
export function isComplete({ candidate, rows }: Match): boolean {
  return candidate.found > 0 && rows.every(({ problem }) => !problem);
}

export function matchCandidate(
  tensors: ReadonlyMap<string, CheckpointTensor>,
  parameters: readonly ParameterSpec[],
  candidate: Candidate,
): Match {
  const rows = parameters.map((parameter): MatchRow => {
    const name = nameOf(parameter.name, candidate, tensors);
    const tensor = tensors.get(name);
    const swapped = candidate.transposed.has(parameter.name);
    const problem = tensor
      ? problemOf(swapped ? { ...tensor, shape: [...tensor.shape].reverse() } : tensor, parameter)
      : missing(parameter);
    return { parameter, name, tensor, ...(problem && { problem }) };
  });
  const taken = new Set(rows.map(({ name }) => name));
  const parents = new Set(rows.flatMap(({ tensor }) => (tensor ? [tensor.parent] : [])));
  const layers = new Set(rows.flatMap(({ name, tensor }) => (tensor ? [folderOf(name)] : [])));
  const leftOver = [...tensors]
    .filter(
      ([name, { dtype, parent, shape }]) =>
        name.startsWith(candidate.prefix) &&
        parents.has(parent) &&
        !taken.has(name) &&
        !candidate.stated.has(name.slice(candidate.prefix.length)) &&
        (isFloat(dtype) || isMaskOf(name, layers)) &&
        !shape.includes(0),
    )
    .map(([name]) => name);
  return { candidate, rows, leftOver };
}

/** The name under which a parameter is looked for: where it may lie around the others, the nearest that is there. */
function nameOf(
  parameter: string,
  { prefix, names, around }: Candidate,
  tensors: ReadonlyMap<string, CheckpointTensor>,
): string {
  const own = prefix + names.get(parameter)!;
  const others = around.get(parameter);
  if (!others) return own;
  const places = [
    prefix,
    ...segmentStarts(prefix)
      .reverse()
      .map((start) => prefix.slice(0, start)),
  ];
  const there = places.flatMap((place) => others.map((name) => place + name)).find((name) => tensors.has(name));
  return there ?? prefix + (others[0] ?? names.get(parameter)!);
}

function missing({ absent }: ParameterSpec): MatchRow['problem'] {
  return absent === 'zero' ? undefined : 'missing';
}

/** The shape that a parameter of these numbers has: complex ones are pairs, on a last axis of 2. */
export function parameterShape({ shape, pairs }: Pick<CheckpointTensor, 'shape' | 'pairs'>): Shape {
  return pairs ? [...shape, 2] : shape;
}

/** Whether a parameter takes the real and imaginary parts of a tensor. */
export function takesPairs(tensor: CheckpointTensor, parameter: ParameterSpec): boolean {
  return tensor.pairs !== undefined && fitsShape(parameterShape(tensor), parameter.shape);
}

/** What was trained is never of whole numbers; what is fixed (frequencies) may be. */
function problemOf(tensor: CheckpointTensor, parameter: ParameterSpec): MatchRow['problem'] {
  // A complex tensor where a real one of its shape belongs is told by its dtype, when it is read.
  if (!fitsShape(tensor.shape, parameter.shape) && !takesPairs(tensor, parameter)) return 'shape';
  return parameter.trainable && isWhole(tensor.dtype) ? 'dtype' : undefined;
}

/** Equal but for axes of extent 1: a 1×1 convolution [out, in, 1, 1] is a dense layer [out, in]. */
function fitsShape(found: Shape, expected: Shape): boolean {
  const squeezed = (shape: Shape) => shape.filter((extent) => extent !== 1);
  return sameShape(squeezed(found), squeezed(expected));
}

/** A mask of a layer that was not applied (`derived/masks.ts`), whatever its numbers are: what it takes away would be drawn. */
function isMaskOf(name: string, layers: ReadonlySet<string>): boolean {
  const layer = folderOf(name);
  return layer !== '' && layers.has(layer) && name.slice(layer.length).includes('mask');
}

/** `net.0.weight` → `net.0.` */
const folderOf = (name: string): string => name.slice(0, name.lastIndexOf('.') + 1);

/** Counters (`num_batches_tracked`) are no weights. */
function isFloat(dtype: string): boolean {
  return /^b?float/.test(dtype);
}

function isWhole(dtype: string): boolean {
  return /^(u?int\d|bool)/.test(dtype);
}
