/** What an INR represents, without its pixels. An image has one frame. */
export interface SignalShape {
  readonly kind: 'image' | 'video';
  readonly frames: number;
  readonly height: number;
  readonly width: number;
}

/** One picture: float32 RGB in [0, 1], row-major [H, W, 3]. */
export interface Frame {
  readonly height: number;
  readonly width: number;
  readonly rgb: Float32Array;
}

/** Where a signal came from; kept in run.json. */
export interface SignalSource {
  /** File or folder name as given. */
  readonly path: string;
  /** SHA-256 of the file (of the files in name order, for a folder), hex. */
  readonly sha256: string;
  /** Height and width before `size` and `crop`. */
  readonly originalHeight: number;
  readonly originalWidth: number;
  /** What was done to it or noticed about it, in words ("transparent pixels laid over white"). */
  readonly notes: readonly string[];
  /** Frames per second, for a video. */
  readonly frameRate?: number;
}

/** An image or a video whose frames can be read in any order. */
export interface Signal {
  readonly shape: SignalShape;
  readonly source: SignalSource;
  frame(index: number): Promise<Frame>;
}
