import { LANES, VECTOR } from '../wasm/rows.js';
import type { Reducer } from './reducer.js';

/** Each [n], of the neurons of a range. */
export interface NeuronTotals {
  /** Σ_p a_n(p) */
  readonly sum: Float64Array;
  /** min_p a_n(p) */
  readonly min: Float32Array;
  /** max_p a_n(p) */
  readonly max: Float32Array;
}

const empty = (neurons: number): NeuronTotals => ({
  sum: new Float64Array(neurons),
  min: new Float32Array(neurons).fill(Number.POSITIVE_INFINITY),
  max: new Float32Array(neurons),
});

export const neuronTotals: Reducer<boolean, NeuronTotals> = {
  over: 'neurons',
  inScript(_, neurons) {
    const totals = empty(neurons);
    const { sum, min, max } = totals;
    return {
      accept(n, a) {
        for (let p = 0; p < a.length; p++) {
          sum[n] += a[p];
          min[n] = Math.min(min[n], a[p]);
          max[n] = Math.max(max[n], a[p]);
        }
      },
      result: () => totals,
    };
  },
  // `reduce` makes these totals whether anybody asks for them or not.
  inWasm(_, { memory, totals }) {
    let range: NeuronTotals;
    let sums: Float64Array;
    let extremes: Float32Array;
    return {
      fields: {},
      begin(neurons) {
        range = empty(neurons);
        sums = memory.doubles(totals, LANES);
        extremes = memory.floats(totals + 2 * VECTOR, 2 * LANES);
      },
      take(first, lanes) {
        for (let lane = 0; lane < lanes; lane++) {
          range.sum[first + lane] = sums[lane];
          range.min[first + lane] = extremes[lane];
          range.max[first + lane] = extremes[LANES + lane];
        }
      },
      result: () => range,
    };
  },
};
