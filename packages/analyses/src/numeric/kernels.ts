import type { Kernels } from '@xinc/kernels';

let loaded: Promise<Kernels> | undefined;

/** Kernels for work that needs none of its own: one instance for each thread, since each reserves gigabytes of addresses for its memory. */
export function sharedKernels(): Promise<Kernels> {
  loaded ??= import('@xinc/kernels').then(({ loadKernels }) => loadKernels());
  return loaded;
}
