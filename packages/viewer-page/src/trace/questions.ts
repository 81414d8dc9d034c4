import type { ConvSource, DenseSource, ReduceResult, Reductions, Region } from '@xinc/kernels';

/*
 * What the page asks its tracing threads, and what they answer. A thread holds a share of a layer's neurons and numbers
 * them by itself (local indices, see shares.ts); the page alone knows which neurons they are.
 */

/** c_n(p) of every neuron of the share at one pixel, signed. */
interface ValuesQuestion {
  readonly kind: 'values';
  readonly row: number;
  readonly column: number;
}

/** Signed maps, float32 [n, H, W]. */
interface MapsQuestion {
  readonly kind: 'maps';
  readonly neurons: readonly number[];
}

/** Signed maps averaged over cells so that they are at most `width` cells wide, float32 [n, h, w]. */
interface ThumbnailsQuestion {
  readonly kind: 'thumbnails';
  readonly neurons: readonly number[];
  readonly width: number;
}

/** What the reducers of the kernels gather, as in any other thread that traces; of these neurons, or of the whole share. */
interface ReduceQuestion {
  readonly kind: 'reduce';
  readonly reductions: Reductions;
  /** The whole picture where absent. */
  readonly region?: Region;
  readonly neurons?: readonly number[];
  /** The number of the layer on the frame before, for what reads that. */
  readonly previous?: number;
}

/** `mapMoments` of maps with a plane, over a region or the whole picture; of these neurons, or of the whole share. */
interface MomentsQuestion {
  readonly kind: 'moments';
  /** [region.height · region.width] */
  readonly plane: Float32Array;
  readonly region?: Region;
  readonly neurons?: readonly number[];
}

export type Question = ValuesQuestion | MapsQuestion | ThumbnailsQuestion | ReduceQuestion | MomentsQuestion;

/** Part of an answer: of neurons `first` … `first` + n − 1 of the share, or of the question's list of neurons. */
export interface Answers {
  readonly values: { readonly first: number; readonly values: Float32Array };
  readonly maps: { readonly first: number; readonly maps: Float32Array };
  readonly thumbnails: {
    readonly first: number;
    readonly height: number;
    readonly width: number;
    readonly cells: Float32Array;
  };
  /** [n, 3] */
  readonly moments: { readonly first: number; readonly moments: Float64Array };
  readonly reduce: {
    readonly first: number;
    /** How many neurons this part is of. */
    readonly neurons: number;
    /** What is of these neurons. */
    readonly result: ReduceResult;
    /** What is per pixel, of all neurons that were asked about, with the last part. */
    readonly perPixel?: ReduceResult;
  };
}

/** A thread's share of a layer. */
export interface LayerShare {
  readonly source: DenseSource | ConvSource;
  /** Local indices that whole-share questions are about: from `start` to before `end`. */
  readonly start: number;
  readonly end: number;
}

/** Smaller ones go first: what is under the pointer before what fills the wall, and that before sums of the whole layer. */
export const URGENCY = { pointer: 0, visible: 1, background: 2 } as const;
export type Urgency = (typeof URGENCY)[keyof typeof URGENCY];

export type ToThread =
  /** Cuts a layer's source, as safetensors, into shares; answered by `shares`. `name` is for messages. */
  | {
      readonly type: 'cut';
      readonly id: number;
      readonly source: Uint8Array<ArrayBuffer>;
      readonly name: string;
      readonly threads: number;
    }
  | { readonly type: 'open'; readonly layer: number; readonly share: LayerShare }
  | { readonly type: 'close'; readonly layer: number }
  | {
      readonly type: 'ask';
      readonly id: number;
      readonly layer: number;
      readonly urgency: Urgency;
      readonly question: Question;
    }
  | { readonly type: 'cancel'; readonly id: number };

/** What the page has to know of a layer. */
export interface LayerExtents {
  readonly kind: 'dense' | 'conv';
  readonly neurons: number;
  readonly height: number;
  readonly width: number;
  /** Whether no contribution is negative: the last activation sees to it. */
  readonly nonnegative: boolean;
  /** Size of the source, for deciding what to keep open. */
  readonly bytes: number;
}

export type FromThread =
  | { readonly type: 'shares'; readonly id: number; readonly extents: LayerExtents; readonly shares: LayerShare[] }
  | {
      readonly type: 'answer';
      readonly id: number;
      readonly part?: Answers[keyof Answers];
      /** Whether this was the last part. */
      readonly done: boolean;
    }
  | { readonly type: 'failure'; readonly id: number; readonly message: string };
