import type { MessagePort } from 'node:worker_threads';
import type { Vectors } from '../numeric/clustering.js';
import { embedInPlane } from './umap.js';

export interface Embedding {
  readonly vectors: Vectors;
  readonly neighbors: number;
  readonly minDist: number;
  /** Gets the share that is done, 0 … 1, from time to time. */
  readonly progress: MessagePort;
}

/** Milliseconds between reports of progress. */
const INTERVAL = 200;

/** Embeds vectors in the thread that this module is loaded in. */
export default function embed({ vectors, progress, ...options }: Embedding): Promise<Float32Array> {
  let told = performance.now();
  return embedInPlane(vectors, {
    ...options,
    onProgress(share) {
      if (performance.now() - told < INTERVAL) return;
      progress.postMessage(share);
      told = performance.now();
    },
  });
}
