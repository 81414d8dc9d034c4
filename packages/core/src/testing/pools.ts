import { type Kernels, loadKernels, reduceMaps, type Source } from '@xinc/kernels';
import type { ContributionSource, KernelPool } from '../trace/contribution-source.js';

/**
 * Kernels in several instances that share nothing, as workers have them: each gets a copy of a layer, and pieces of neurons are dealt
 * out in turn. Results are those of any number of worker threads, without threads.
 */
export async function createDealtPool(instances: number): Promise<KernelPool> {
  const kernels = await Promise.all(Array.from({ length: instances }, () => loadKernels()));
  const opened = new Map<ContributionSource, readonly Source[]>();
  return {
    async open(layer) {
      const sources = kernels.map((one) => one.open(structuredClone(layer)));
      const [{ neurons, height, width }] = sources;
      const contributions: ContributionSource = {
        neurons,
        height,
        width,
        async reduce(chunks, { previous, ...request }, merge) {
          const before = previous && opened.get(previous);
          const reductions = sources.map((source, i) =>
            source.reduction({ ...structuredClone(request), ...(before && { previous: before[i] }) }),
          );
          try {
            // Computed from the last piece to the first, and merged in order, as pieces are that wait for one before them.
            const results = chunks
              .map(({ start, end }, i) => ({ i, start, end }))
              .reverse()
              .map(({ i, start, end }) => reductions[i % instances].add(start, end))
              .reverse();
            for (const [i, result] of results.entries()) merge(chunks[i], result);
            return reductions.map((reduction) => reduction.counts());
          } finally {
            for (const reduction of reductions) reduction.dispose();
          }
        },
        maps: async (wanted, region) => sources[sources.length - 1].maps(wanted, region),
        responses: async (wanted, region) => sources[sources.length - 1].responses(wanted, region),
        dispose() {
          if (opened.delete(contributions)) for (const source of sources) source.dispose();
        },
      };
      opened.set(contributions, sources);
      return contributions;
    },
    dispose: () => disposeAll(kernels),
  };
}

/** Kernels that compute maps, which are then reduced in JavaScript: what reductions in WebAssembly are compared with. */
export async function createScriptPool(): Promise<KernelPool> {
  const kernels = await loadKernels();
  return {
    async open(layer) {
      const source = kernels.open(layer);
      const { neurons, height, width } = source;
      return {
        neurons,
        height,
        width,
        async reduce(chunks, { previous, ...request }, merge) {
          const reduction = reduceMaps(request, height * width);
          for (const chunk of chunks) {
            const wanted = Uint32Array.from({ length: chunk.end - chunk.start }, (_, i) => chunk.start + i);
            const range = reduction.range(wanted.length);
            range.accept(source.maps(wanted), await previous?.maps(wanted));
            merge(chunk, range.result());
          }
          return [reduction.counts()];
        },
        maps: async (wanted, region) => source.maps(wanted, region),
        responses: async (wanted, region) => source.responses(wanted, region),
        dispose: () => source.dispose(),
      };
    },
    dispose: () => disposeAll([kernels]),
  };
}

async function disposeAll(kernels: readonly Kernels[]): Promise<void> {
  for (const one of kernels) one.dispose();
}
