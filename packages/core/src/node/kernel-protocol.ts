import type { KernelLayer, ReduceResult, Reductions, Region } from '@xinc/kernels';

/** What is gathered by a job, with the frame before named by its source's id. */
interface JobRequest extends Reductions {
  readonly previousSource?: number;
}

/** To a kernel worker. Answers come in the order of asking; `end` is answered with the job's counts. */
export type KernelCall =
  | { readonly call: 'open'; readonly source: number; readonly layer: KernelLayer }
  | { readonly call: 'close'; readonly source: number }
  | { readonly call: 'begin'; readonly job: number; readonly source: number; readonly request: JobRequest }
  | { readonly call: 'end'; readonly job: number }
  | { readonly call: 'reduce'; readonly job: number; readonly start: number; readonly end: number }
  | {
      readonly call: 'maps' | 'responses';
      readonly source: number;
      readonly neurons: readonly number[];
      readonly region?: Region;
    };

export interface KernelRequest {
  readonly id: number;
  readonly argument: KernelCall;
}

/** Of a layer that was opened. */
export interface Extents {
  readonly neurons: number;
  readonly height: number;
  readonly width: number;
}

export type KernelValue = Extents | ReduceResult | Float32Array | null;

export type KernelReply =
  | { readonly id: number; readonly value: KernelValue }
  | { readonly id: number; readonly problem: string; readonly refused: boolean };
