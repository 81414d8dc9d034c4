import type { XincError } from '../errors.js';
import type { LabelMap } from '../grouping.js';

export interface TraceOptions {
  /** Layer ids; all layers if absent. */
  readonly layers?: readonly string[];
  /** The label maps of this frame, by grouping. */
  readonly labels?: Readonly<Record<string, LabelMap>>;
  /** The frame that `change` is measured from. */
  readonly previousFrame?: number;
  readonly onProgress?: (progress: TraceProgress) => void;
  /**
   * Called where a plugin fails to trace a layer of its own: the layer is left out, and the others go on. Without it the
   * error is thrown.
   */
  readonly onFailure?: (layer: string, error: XincError) => void;
  readonly abort?: AbortSignal;
}

export interface TraceProgress {
  readonly layer: string;
  /** Neurons traced so far and in all, over all passes and tiles. */
  readonly done: number;
  readonly total: number;
}
