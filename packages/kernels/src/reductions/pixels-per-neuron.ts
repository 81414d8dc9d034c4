import { KernelError } from '../errors.js';
import { LANES, VECTOR } from '../wasm/rows.js';
import type { Reducer } from './reducer.js';

/** Given a threshold for each pixel, [P], the number of pixels where a_n(p) is above it, [n]. */
export const pixelsPerNeuron: Reducer<Float32Array, Uint32Array> = {
  over: 'neurons',
  check(thresholds, pixels) {
    if (thresholds.length === pixels) return;
    throw new KernelError(`There are ${thresholds.length} thresholds for ${pixels} pixels`);
  },
  inScript(thresholds, neurons, pixels) {
    const counts = new Uint32Array(neurons);
    return {
      accept(n, a) {
        for (let p = 0; p < pixels; p++) if (a[p] > thresholds[p]) counts[n]++;
      },
      result: () => counts,
    };
  },
  inWasm(thresholds, { memory, own }) {
    const at = own.zeros(VECTOR);
    let four: Int32Array;
    let counts: Uint32Array;
    return {
      fields: { pixelThreshold: own.place(thresholds), pixelsPerNeuron: at },
      begin(neurons) {
        counts = new Uint32Array(neurons);
        four = memory.ints(at, LANES);
      },
      take(first, lanes) {
        for (let lane = 0; lane < lanes; lane++) counts[first + lane] = four[lane];
        four.fill(0);
      },
      result: () => counts,
    };
  },
};
