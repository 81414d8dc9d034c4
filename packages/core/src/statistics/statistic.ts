import type { ArgumentOf, Grouping, ReducerName, ResultOf } from '@xinc/kernels';
import type { LabelMap } from '../grouping.js';
import type { Asking } from './asking.js';

/**
 * A row of the table of statistics: how one is asked for, what the kernels gather for it, and how that becomes its value.
 * @typeParam Name of the reducer of `@xinc/kernels` that gathers it, and its own
 * @typeParam First what `after` gives
 */
export interface Statistic<Name extends ReducerName, Asked, Result, First = unknown> {
  readonly ask: Asking<Asked>;
  /**
   * The statistic of the same layer that has to be complete before: this one is then gathered in a second pass over the maps,
   * that one in the first.
   */
  readonly after?: ReducerName;
  /** Whether it reads the frame before: it is absent where there is none. */
  readonly readsPrevious?: true;
  /** Its value before any map was seen. */
  allocate(asked: Asked, layer: TracedLayer, first: First): Result;
  /** What the reducer is told of a tile. */
  argument(value: Result, tile: TracedTile, layer: TracedLayer, first: First): ArgumentOf<Name>;
  /** Adds what the reducer gave of some neurons on a tile. Parts come in a fixed order. */
  merge(value: Result, part: ResultOf<Name>, at: PartPlace): void;
  /** A copy of what was asked for, which is handed to one analysis: what it does to it, the others do not read. */
  own(value: Result, asked: Asked): Result;
}

/** A layer on a frame, traced whole. */
export interface TracedLayer {
  readonly neurons: number;
  /** H · W */
  readonly pixels: number;
  /** The label maps of the frame, by grouping. */
  readonly labels: Readonly<Record<string, LabelMap>>;
}

/** Some of the frame's pixels, which are traced at once. */
export interface TracedTile {
  /** The first pixel, and the one after the last. */
  readonly start: number;
  readonly end: number;
  /** The labels of these pixels: the same array for the same names, since the kernels plan an array's sums once. */
  groupings(names: readonly string[]): readonly Grouping[];
}

/** Which neurons and pixels a part is of. */
export interface PartPlace {
  /** The first neuron; 0 for what is counted over all. */
  readonly neuron: number;
  /** The first pixel. */
  readonly pixel: number;
  /** Neurons of the layer. */
  readonly neurons: number;
}
