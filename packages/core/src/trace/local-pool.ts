import { KernelError, loadKernels, type Source } from '@xinc/kernels';
import { throwIfAborted, XincError } from '../errors.js';
import type { ContributionSource, KernelPool } from './contribution-source.js';

/** Milliseconds of kernels between turns of the event loop. */
const TURN = 20;

/** Kernels in the calling thread. Other events are handled between chunks. */
export async function createLocalPool(): Promise<KernelPool> {
  const kernels = await loadKernels();
  const opened = new Map<ContributionSource, Source>();
  return {
    async open(layer) {
      const source = asXincError(() => kernels.open(layer));
      const { neurons, height, width } = source;
      const contributions: ContributionSource = {
        neurons,
        height,
        width,
        async reduce(chunks, { previous, ...request }, merge, abort) {
          const before = previous && opened.get(previous);
          const reduction = asXincError(() => source.reduction({ ...request, ...(before && { previous: before }) }));
          try {
            let turn = performance.now();
            for (const chunk of chunks) {
              throwIfAborted(abort);
              merge(
                chunk,
                asXincError(() => reduction.add(chunk.start, chunk.end)),
              );
              if (performance.now() - turn > TURN) {
                await new Promise((resolve) => setTimeout(resolve));
                turn = performance.now();
              }
            }
            return [reduction.counts()];
          } finally {
            reduction.dispose();
          }
        },
        maps: async (wanted, region) => asXincError(() => source.maps(wanted, region)),
        responses: async (wanted, region) => asXincError(() => source.responses(wanted, region)),
        dispose() {
          if (opened.delete(contributions)) source.dispose();
        },
      };
      opened.set(contributions, source);
      return contributions;
    },
    async dispose() {
      opened.clear();
      kernels.dispose();
    },
  };
}

/** Runs kernels; what they refuse becomes an XincError. */
function asXincError<R>(run: () => R): R {
  try {
    return run();
  } catch (error) {
    if (error instanceof KernelError) throw new XincError('shape', error.message, { cause: error });
    throw error;
  }
}
