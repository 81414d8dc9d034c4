import type { Kernels } from '@xinc/kernels';

let loaded: Promise<Kernels> | undefined;

/** The kernels that pixels are grouped with: one instance, since each reserves gigabytes of addresses for its memory. */
export function groupingKernels(): Promise<Kernels> {
  loaded ??= import('@xinc/kernels').then(({ loadKernels }) => loadKernels());
  return loaded;
}
