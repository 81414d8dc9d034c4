import { availableParallelism } from 'node:os';
import type { Inr } from '@xinc/core';
import { createWorkerPool } from '@xinc/core/node';
import { createLocalPool, type KernelPool, neuronCount } from '@xinc/core/trace';

/** Contribution values of a frame from which starting threads pays. */
const WORTH_THREADS = 5e7;

/** Kernels for a network: in this thread where its maps are few, else in one thread per processor. */
export async function startPool(inr: Inr, threads: number = availableParallelism()): Promise<KernelPool> {
  const neurons = inr.layers.reduce((sum, hook) => sum + neuronCount(inr, hook), 0);
  const values = neurons * inr.signal.height * inr.signal.width;
  return threads > 1 && values > WORTH_THREADS ? createWorkerPool({ workers: threads }) : createLocalPool();
}
