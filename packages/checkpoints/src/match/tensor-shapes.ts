import { isXincError, type Shape, sizeOf } from '@xinc/core';
import type { Checkpoint, CheckpointTensor } from '../checkpoint.js';
import { parameterShape } from './candidate.js';
import { likelyPrefix, prefixRank, segmentStarts, tensorsByPlainName } from './names.js';

/**
 * The shapes in a checkpoint's state dict by their names in it, prefixes and wrappers removed: what a model's configuration
 * can be inferred from. The state dict is looked for under the usual keys (`state_dict`, `model`, …) and stripped of the
 * attributes that hold all of it (`model.`, `net.`).
 *
 * @example
 * tensorShapes(await readCheckpoint('best_model.ckpt'))['net.0.linear.weight'] // [104, 208]
 */
export function tensorShapes(checkpoint: Checkpoint): Record<string, Shape> {
  const tensors = tensorsByPlainName(checkpoint);
  return shapesBelow(tensors, likelyPrefix(tensors));
}

/** Where in a checkpoint a network may lie. */
export interface Place {
  /** What precedes its names, wrappers removed: empty, or ending with a separator. */
  readonly prefix: string;
  /** Shapes by the names below the prefix. */
  readonly shapes: Record<string, Shape>;
  /** The values of a tensor of at most {@link MOST_VALUES}, by its name below the prefix. */
  values(name: string): readonly number[] | undefined;
}

/** The most values of a tensor that states a setting: a frequency, where the levels of a table begin. */
const MOST_VALUES = 256;

/** Places looked at, and how deep they may lie. */
const MOST_PLACES = 40;
const DEEPEST = 7;

/**
 * {@link tensorShapes} of every place that may hold a network, the likeliest first: below each prefix that two tensors
 * share. A generator beside a discriminator, a network beside its loss, the networks of several frames.
 */
export function possiblePlaces(checkpoint: Pick<Checkpoint, 'tensors'>): Place[] {
  const tensors = tensorsByPlainName(checkpoint);
  const counts = new Map<string, number>();
  for (const name of tensors.keys()) {
    for (const start of segmentStarts(name, 0, DEEPEST)) {
      const prefix = name.slice(0, start);
      counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
    }
  }
  const likely = likelyPrefix(tensors);
  const others = [...counts]
    .filter(([prefix, count]) => count > 1 && prefix !== likely)
    .sort(([a, n], [b, m]) => prefixRank(a) - prefixRank(b) || m - n || a.length - b.length)
    .map(([prefix]) => prefix);
  return [likely, ...others].slice(0, MOST_PLACES).map((prefix) => ({
    prefix,
    shapes: shapesBelow(tensors, prefix),
    values: (name) => fewValues(tensors.get(prefix + name)),
  }));
}

function fewValues(tensor: CheckpointTensor | undefined): readonly number[] | undefined {
  if (!tensor || tensor.pairs || sizeOf(tensor.shape) > MOST_VALUES) return undefined;
  try {
    return [...tensor.float32()];
  } catch (error) {
    // Its values are of a kind that float32 cannot hold.
    if (isXincError(error, 'unsupported')) return undefined;
    throw error;
  }
}

function shapesBelow(tensors: ReadonlyMap<string, CheckpointTensor>, prefix: string): Record<string, Shape> {
  return Object.fromEntries(
    [...tensors]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), parameterShape(tensor)]),
  );
}
