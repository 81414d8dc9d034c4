/** The neurons of a layer on one frame, sorted by their totals A_n into live, dead and broken ones. */
export interface NeuronCensus {
  /** Indices of the neurons with A_n > 0, ascending. */
  readonly live: Uint32Array;
  /** Neurons that contribute nothing anywhere (A_n = 0). */
  readonly dead: number;
  /** Neurons whose total is not a finite number. */
  readonly broken: number;
}

/** @param totals A_n = Σ_p |c_n(p)|, [N] (method §4). */
export function takeCensus(totals: Float64Array): NeuronCensus {
  const indices = Uint32Array.from(totals.keys());
  return {
    live: indices.filter((n) => Number.isFinite(totals[n]) && totals[n] > 0),
    dead: totals.reduce((count, total) => count + (total === 0 ? 1 : 0), 0),
    broken: totals.reduce((count, total) => count + (Number.isFinite(total) ? 0 : 1), 0),
  };
}
