import type { ConvSource, DenseSource } from './layer.js';
import type { Source } from './source.js';

/** One WebAssembly instance with its own memory (at most 4 GB). Not shared between threads: load one in each. */
export interface Kernels {
  /**
   * Copies a layer into WebAssembly memory.
   * @throws KernelError where extents and array lengths do not fit one another, or memory does not suffice.
   */
  open(source: DenseSource | ConvSource): Source;
  /** Frees every source and the memory. */
  dispose(): void;
}

/** Compiles the kernels (once per realm) and instantiates them with a fresh memory. */
export declare function loadKernels(): Promise<Kernels>;
