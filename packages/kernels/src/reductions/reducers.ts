import { change } from './change.js';
import { groupSums } from './group-sums.js';
import { histogram } from './histogram.js';
import { neuronTotals } from './neuron-totals.js';
import { neuronsPerPixel } from './neurons-per-pixel.js';
import { pixelTotals } from './pixel-totals.js';
import { pixelsPerNeuron } from './pixels-per-neuron.js';
import type { Reducer } from './reducer.js';

/** All that can be gathered, one row each. */
export const REDUCERS = {
  /** A_n, min and max of a_n. */
  neuronTotals,
  /** T(p) = Σ_n a_n(p). */
  pixelTotals,
  /** S[n, g] = Σ_{p∈g} a_n(p). Labels are read once per array of groupings: pass the same array for every layer. */
  groupSums,
  /** Counts of a_n(p) in the bins of `HISTOGRAM`. */
  histogram,
  /** Pixels where a_n(p) is above a threshold of the pixel: T(p) / N for the paper's pixels per neuron. */
  pixelsPerNeuron,
  /** Neurons with a_n(p) > τ, per pixel and τ. */
  neuronsPerPixel,
  /** Σ_n | a_n(p) − a_n'(p) |, where a' is of the frame before. */
  change,
};

type Reducers = typeof REDUCERS;
export type ReducerName = keyof Reducers;
export type ArgumentOf<Name extends ReducerName> =
  Reducers[Name] extends Reducer<infer Argument, unknown> ? Argument : never;
export type ResultOf<Name extends ReducerName> = Reducers[Name] extends Reducer<never, infer Result> ? Result : never;

/** What to gather: the argument of each reducer that is wanted, which is not where it is absent or `false`. */
export type Reductions = { readonly [Name in keyof Reducers]?: ArgumentOf<Name> };
/** What was gathered. What was not asked for is absent. */
export type ReduceResult = { readonly [Name in keyof Reducers]?: ResultOf<Name> };

/** A reducer that is wanted, with its argument. */
export interface Wanted {
  readonly name: ReducerName;
  readonly reducer: Reducer<unknown, unknown>;
  readonly argument: unknown;
}

export function wantedReducers(reductions: Reductions): Wanted[] {
  return (Object.keys(REDUCERS) as ReducerName[]).flatMap((name) => {
    const argument = reductions[name];
    return argument === undefined || argument === false
      ? []
      : [{ name, reducer: REDUCERS[name] as Reducer<unknown, unknown>, argument }];
  });
}
