import type { ScriptReducer } from './reducer.js';
import { type ReduceResult, type Reductions, type Wanted, wantedReducers } from './reducers.js';

/** Reductions of maps that are there already, in JavaScript. */
export interface MapReduction {
  /** Begins a range of so many neurons. */
  range(neurons: number): MapRange;
  /** What was counted over all neurons so far. */
  counts(): ReduceResult;
}

export interface MapRange {
  /**
   * The next neurons of the range.
   * @param maps signed, [n, P]
   * @param previous the same neurons on the frame before
   */
  accept(maps: Float32Array, previous?: Float32Array): void;
  /** What was asked for of this range alone. */
  result(): ReduceResult;
}

/** @throws KernelError where what is asked for does not fit the pixels */
export function reduceMaps(reductions: Reductions, pixels: number): MapReduction {
  return reduceWanted(wantedReducers(reductions), pixels);
}

export function reduceWanted(wanted: readonly Wanted[], pixels: number): MapReduction {
  for (const { reducer, argument } of wanted) reducer.check?.(argument, pixels);
  const open = (ofAll: boolean, neurons: number): Opened[] =>
    wanted
      .filter(({ reducer }) => (reducer.over === 'all') === ofAll)
      .map(({ name, reducer, argument }) => [name, reducer.inScript(argument, neurons, pixels)]);
  const all = open(true, 0);
  const magnitudes = new Float32Array(pixels);
  const before = new Float32Array(pixels);
  return {
    range(neurons) {
      const range = open(false, neurons);
      const both = [...range, ...all];
      let n = 0;
      return {
        accept(maps, previous) {
          for (let at = 0; at < maps.length; at += pixels, n++) {
            takeMagnitudes(maps, at, magnitudes);
            if (previous) takeMagnitudes(previous, at, before);
            for (const [, reducer] of both) reducer.accept(n, magnitudes, previous && before);
          }
        },
        result: () => resultsOf(range),
      };
    },
    counts: () => resultsOf(all),
  };
}

type Opened = readonly [name: string, reducer: ScriptReducer<unknown>];

const resultsOf = (reducers: readonly Opened[]): ReduceResult =>
  Object.fromEntries(reducers.map(([name, reducer]) => [name, reducer.result()]));

function takeMagnitudes(maps: Float32Array, at: number, out: Float32Array): void {
  for (let p = 0; p < out.length; p++) out[p] = Math.abs(maps[at + p]);
}
