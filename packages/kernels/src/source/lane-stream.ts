import type { Region } from '../region.js';

/** A layer as something that gives finished rows of up to four neurons at a time, inside a region. */
export interface LaneStream {
  /** Where the rows come from: a `RowSource` in WebAssembly memory. */
  readonly rows: number;
  /** How many rows a reduction keeps for those that equal them, at most; absent where none are known to be equal. */
  readonly rowsKept?: number;
  /** Makes ready the rows of these neurons, at most four, which go together. */
  prepare(neurons: readonly number[]): void;
  free(): void;
}

export interface LaneLayer {
  readonly neurons: number;
  readonly height: number;
  readonly width: number;
  /** Layers that agree in it have equal rows in the same places; absent where none are known to be equal. */
  readonly equalRows?: string;
  /**
   * Rows of contributions inside a region of the picture.
   * @param distinct whether rows that are equal may be made once, as the stream's `Rows` tell
   */
  contributions(region: Region, distinct?: boolean): LaneStream;
  /** Extents of the responses and their rows. */
  readonly responseHeight: number;
  readonly responseWidth: number;
  responses(region: Region): LaneStream;
  /** Whether a neuron may take the next lane of a vector that holds these. */
  joins(lanes: readonly number[], neuron: number): boolean;
  free(): void;
}

/** Splits a list of neurons into runs of at most four that go together. */
export function* lanesOf(layer: LaneLayer, neurons: ArrayLike<number>): Generator<readonly number[]> {
  let lanes: number[] = [];
  for (let i = 0; i < neurons.length; i++) {
    if (lanes.length === 4 || (lanes.length > 0 && !layer.joins(lanes, neurons[i]))) {
      yield lanes;
      lanes = [];
    }
    lanes.push(neurons[i]);
  }
  if (lanes.length > 0) yield lanes;
}
