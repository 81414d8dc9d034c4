import type { StoredNetwork } from '@xinc/core/trace';
import type { Region } from '@xinc/kernels';

/** What can be asked of a run's network on a frame, in the page. */
export type NetworkQuestion =
  /** float32 [H, W, 3], not clamped. */
  | { readonly kind: 'reconstruction' }
  /** A layer's source, as safetensors. */
  | { readonly kind: 'source'; readonly layer: string }
  /** float32 [n, height, width] */
  | { readonly kind: 'maps'; readonly layer: string; readonly neurons: readonly number[]; readonly region?: Region };

/** Files of a run, as safetensors. */
export interface NetworkFiles {
  readonly network: StoredNetwork;
  /** Where the program knows arrays. */
  readonly constants: Uint8Array<ArrayBuffer> | null;
  readonly weights: Uint8Array<ArrayBuffer>;
}

export type ToSiteThread =
  | { readonly type: 'run'; readonly run: string; readonly files: NetworkFiles }
  | { readonly type: 'inputs'; readonly run: string; readonly frame: number; readonly inputs: Uint8Array<ArrayBuffer> }
  | {
      readonly type: 'ask';
      readonly id: number;
      readonly run: string;
      readonly frame: number;
      readonly question: NetworkQuestion;
    }
  | { readonly type: 'cancel'; readonly id: number };

export type FromSiteThread =
  | { readonly type: 'answer'; readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: 'failure'; readonly id: number; readonly message: string };
