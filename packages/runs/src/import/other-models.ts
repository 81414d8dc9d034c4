import { type Checkpoint, withoutWrappers } from '@xinc/checkpoints';
import { isXincError } from '@xinc/core';
import type { Wanted } from './find-networks.js';
import { type RecognisedNetwork, recogniseNetworks } from './recognise-network.js';

/** A model that the networks of a file may be of, beside the one that was asked for. */
export interface OtherModel {
  readonly model: string;
  /** Keys of those of its networks that share no weight with the ones that were found. */
  readonly apart: readonly string[];
  /** Whether one of its networks is of the very tensors that one of those found is of. */
  readonly same: boolean;
}

/** Copies of weights that an optimizer keeps. */
const OPTIMIZERS = /(^|\.)(exp_avg|exp_avg_sq|max_exp_avg_sq|momentum_buffer)$/;

/** Whether a file holds weights that are of none of the networks that were found, an optimizer's aside. */
export function leavesWeights(checkpoint: Checkpoint, found: readonly Pick<RecognisedNetwork, 'tensors'>[]): boolean {
  const taken = new Set(found.flatMap(({ tensors }) => [...tensors]));
  return [...checkpoint.tensors].some(
    ([name, { shape }]) =>
      shape.length > 1 && !taken.has(withoutWrappers(name)) && !taken.has(name) && !OPTIMIZERS.test(name),
  );
}

/** Other models at hand that recognise networks in the file, with their defaults. */
export function otherModels(
  checkpoint: Checkpoint,
  found: readonly Pick<RecognisedNetwork, 'tensors'>[],
  { plugin, signal, models }: Pick<Wanted, 'plugin' | 'signal' | 'models'>,
): OtherModel[] {
  const taken = new Set(found.flatMap(({ tensors }) => [...tensors]));
  return models
    .filter((other) => other.name !== plugin.name && other.signals.includes(signal.kind))
    .flatMap((other) => {
      const networks = recognised(checkpoint, other, signal);
      const apart = networks.filter(({ tensors }) => ![...tensors].some((name) => taken.has(name)));
      const same = networks.some((network) => found.some(({ tensors }) => haveSame(network.tensors, tensors)));
      return same || apart.length > 0 ? [{ model: other.name, apart: apart.map(({ key }) => key), same }] : [];
    });
}

function recognised(checkpoint: Checkpoint, plugin: Wanted['plugin'], signal: Wanted['signal']): RecognisedNetwork[] {
  try {
    return recogniseNetworks(checkpoint, plugin, {}, signal);
  } catch (error) {
    if (!isXincError(error)) throw error;
    return [];
  }
}

const haveSame = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((name) => b.has(name));
