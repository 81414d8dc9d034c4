import { parentPort } from 'node:worker_threads';
import { buffersIn, KernelError, type Kernels, loadKernels, type Reduction, type Source } from '@xinc/kernels';
import type { KernelCall, KernelReply, KernelRequest, KernelValue } from './kernel-protocol.js';

/** One thread of a worker pool: its own kernels, the layers opened in them, and the jobs under way. */
const port = parentPort!;
const sources = new Map<number, Source>();
const jobs = new Map<number, Reduction>();
let kernels: Kernels | undefined;

async function answer(argument: KernelCall): Promise<KernelValue> {
  kernels ??= await loadKernels();
  switch (argument.call) {
    case 'open': {
      const source = kernels.open(argument.layer);
      sources.set(argument.source, source);
      return { neurons: source.neurons, height: source.height, width: source.width };
    }
    case 'close':
      sources.get(argument.source)?.dispose();
      sources.delete(argument.source);
      return null;
    case 'begin': {
      const { previousSource, ...request } = argument.request;
      const previous = previousSource === undefined ? {} : { previous: sources.get(previousSource)! };
      jobs.set(argument.job, sources.get(argument.source)!.reduction({ ...request, ...previous }));
      return null;
    }
    case 'reduce':
      return jobs.get(argument.job)!.add(argument.start, argument.end);
    case 'end': {
      const job = jobs.get(argument.job);
      jobs.delete(argument.job);
      try {
        return job?.counts() ?? null;
      } finally {
        job?.dispose();
      }
    }
    case 'maps':
      return sources.get(argument.source)!.maps(argument.neurons, argument.region);
    case 'responses':
      return sources.get(argument.source)!.responses(argument.neurons, argument.region);
  }
}

let last: Promise<void> = Promise.resolve();
port.on('message', ({ id, argument }: KernelRequest) => {
  last = last.then(async () => {
    try {
      const value = await answer(argument);
      port.postMessage({ id, value } satisfies KernelReply, buffersIn(value));
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      port.postMessage({ id, problem, refused: error instanceof KernelError } satisfies KernelReply);
    }
  });
});
