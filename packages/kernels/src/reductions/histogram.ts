import { LANES } from '../wasm/rows.js';
import { binOf, HISTOGRAM } from './histogram-bins.js';
import type { Reducer } from './reducer.js';

/** Counters of zeros that assembly/reduce.ts has besides bin 0, before it; one more fills the last vector. */
const SPARE = 16;

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** Counts in the bins of `HISTOGRAM`, [bins]. */
export const histogram: Reducer<boolean, Float64Array> = {
  over: 'all',
  inScript() {
    const counts = new Float64Array(HISTOGRAM.bins);
    return {
      accept(_n, a) {
        for (let p = 0; p < a.length; p++) {
          float[0] = a[p];
          counts[binOf(bits[0])]++;
        }
      },
      result: () => counts.slice(),
    };
  },
  inWasm(_, { memory, own, pixels }) {
    const { bins } = HISTOGRAM;
    const first = own.zeros(4 * (SPARE + bins));
    const counts = new Float64Array(bins);
    // uint32 bins hold this many fours' pixels without overflow.
    const mostFours = Math.max(1, Math.floor((2 ** 32 - 1) / (LANES * pixels)) - 1);
    let fours = 0;
    const takeBins = () => {
      const counted = memory.ints(first, SPARE + bins);
      for (let i = 0; i < counted.length; i++) counts[Math.max(0, i - SPARE)] += counted[i] >>> 0;
      counted.fill(0);
      fours = 0;
    };
    return {
      fields: { histogram: first + 4 * SPARE, bins },
      take(_first, lanes) {
        // Lanes without a neuron are zeros, which were counted.
        counts[0] -= (LANES - lanes) * pixels;
        fours++;
        if (fours === mostFours) takeBins();
      },
      result() {
        takeBins();
        return counts.slice();
      },
    };
  },
};
