import { type Checkpoint, withoutWrappers } from '@xinc/checkpoints';

/** What `key` calls the network whose names begin at the top of the file. */
const TOP = '.';

/** A network's key as the command line writes it. */
export const keyText = (key: string): string => (key === '' ? TOP : key);

/** The tensors below a key, by their names in the whole file; `undefined` where there are none. */
export function below(checkpoint: Checkpoint, key: string): Checkpoint | undefined {
  if (key === TOP) return checkpoint;
  const tensors = new Map(
    [...checkpoint.tensors].filter(([name]) =>
      [name, withoutWrappers(name)].some((path) => path.startsWith(`${key}.`) || path.startsWith(`${key}/`)),
    ),
  );
  return tensors.size > 0 ? { ...checkpoint, tensors } : undefined;
}

/** Whether a network that was found is one of those that a key asks for. */
export const isAsked = (network: { readonly key: string }, key: string | undefined): boolean =>
  key !== TOP || network.key === '';
