import type { KernelLayer, ReduceResult, Reductions, Region } from '@xinc/kernels';
import type { Chunk } from './chunks.js';

/** A layer on one frame (or on some pixels of it) whose maps can be streamed through reductions or asked for. */
export interface ContributionSource {
  readonly neurons: number;
  readonly height: number;
  readonly width: number;
  /**
   * Streams chunks of neurons through reductions.
   * @param merge called with each chunk's result, in the order of `chunks`
   * @returns what was counted over all chunks, in parts that are exact: to be merged in any order
   * @throws XincError `cancelled`
   */
  reduce(
    chunks: readonly Chunk[],
    request: SourceReductions,
    merge: (chunk: Chunk, result: ReduceResult) => void,
    abort?: AbortSignal,
  ): Promise<readonly ReduceResult[]>;
  /** Signed contributions, [n, region.height, region.width]. */
  maps(neurons: ArrayLike<number>, region?: Region): Promise<Float32Array>;
  /** What adds up to the pre-activation; see `Source.responses` of the kernels. */
  responses(neurons: ArrayLike<number>, region?: Region): Promise<Float32Array>;
  dispose(): void;
}

/** What to gather; `previous` is the same layer on the frame before. */
interface SourceReductions extends Reductions {
  readonly previous?: ContributionSource;
}

/** What a layer is opened for: reductions, which all threads share, or maps and responses, which one makes. The other can be asked for as well, and is set up then. */
export type LayerUse = 'reductions' | 'maps';

/** Where contribution kernels run: in this thread, or in several. */
export interface KernelPool {
  /** @param use by default reductions */
  open(source: KernelLayer, use?: LayerUse): Promise<ContributionSource>;
  dispose(): Promise<void>;
}
