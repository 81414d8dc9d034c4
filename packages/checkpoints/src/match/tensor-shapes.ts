import type { CheckpointLayout, Shape } from '@xinc/core';
import type { Checkpoint } from '../checkpoint.js';
import { candidates, namings } from './candidate.js';
import { likelyPrefix, tensorsByPlainName } from './names.js';

/**
 * The shapes in a checkpoint's state dict by their names in it, prefixes and wrappers removed as
 * {@link matchParameters} does: what a model's configuration can be inferred from. `layouts` may be those of another
 * configuration of the model, as long as some of their names (own or published) are there; with none, or none there,
 * the state dict is looked for under the usual keys (`state_dict`, `model`, …) and stripped of the attributes that hold
 * all of it (`model.`, `net.`).
 *
 * @example
 * tensorShapes(await readCheckpoint('best_model.ckpt'), layouts)['net.0.linear.weight'] // [104, 208]
 */
export function tensorShapes(checkpoint: Checkpoint, layouts: readonly CheckpointLayout[] = []): Record<string, Shape> {
  const tensors = tensorsByPlainName(checkpoint);
  const own = new Set(layouts.flatMap(({ names }) => Object.keys(names)));
  const [best] = candidates(tensors, namings([...own], layouts));
  const prefix = best?.prefix ?? likelyPrefix(tensors);
  return Object.fromEntries(
    [...tensors]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, { shape }]) => [name.slice(prefix.length), shape]),
  );
}
