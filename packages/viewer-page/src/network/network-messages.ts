import type { GraphHalves } from '../access/access.js';
import type { RuntimeBinary } from '../access/runtime-binary.js';
import type { Tensor } from '../access/tensors.js';
import type { NetworkView } from '../api.js';

/** Neurons of a layer that a run of the network does without. */
export interface LayerMask {
  readonly kind: 'dense' | 'conv';
  /** The parameter whose slices the neurons are. */
  readonly weight: string;
  readonly neurons: readonly number[];
}

/** What the page tells the thread that runs networks. It has one network and one frame's inputs at a time. */
export type ToNetworkThread =
  /** Comes first. */
  | { readonly type: 'binary'; readonly binary: RuntimeBinary }
  | {
      readonly type: 'graph';
      /** Another for each graph. */
      readonly number: number;
      readonly graph: Uint8Array;
      readonly network: NetworkView;
    }
  | { readonly type: 'weights'; readonly weights: Readonly<Record<string, Tensor>> }
  | {
      readonly type: 'inputs';
      readonly inputs: Readonly<Record<string, Tensor>>;
      readonly height: number;
      readonly width: number;
    }
  | { readonly type: 'run'; readonly id: number; readonly masks: readonly LayerMask[] }
  /** The answer to `cut`; `null` where nothing can be cut off, or the halves cannot be had. */
  | { readonly type: 'halves'; readonly halves: GraphHalves | null };

export type FromNetworkThread =
  | {
      readonly type: 'picture';
      readonly id: number;
      /** [H, W, 3], not clamped. */
      readonly rgb: Float32Array<ArrayBuffer>;
      readonly device: NetworkDevice;
      /** How long running the network took. */
      readonly milliseconds: number;
    }
  /** Asks for the halves of a graph, by its number; answered by `halves`. One is asked at a time. */
  | { readonly type: 'cut'; readonly graph: number; readonly changing: readonly string[] }
  /** The thread runs nothing more. */
  | { readonly type: 'failure'; readonly message: string };

/** What runs networks in the page. */
export interface NetworkDevice {
  readonly kind: 'webgpu' | 'wasm';
  /** Threads of WebAssembly. */
  readonly threads: number;
  /** Why it is not WebGPU, where the browser has that. */
  readonly reason?: string;
}
