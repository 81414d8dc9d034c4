import { pixelSums } from './pixel-sums.js';
import type { Reducer } from './reducer.js';

/** [P] */
export const change: Reducer<boolean, Float64Array> = {
  over: 'pixels',
  readsPrevious: true,
  inScript(_, _neurons, pixels) {
    const sums = new Float64Array(pixels);
    return {
      accept(_n, a, before) {
        for (let p = 0; p < pixels; p++) sums[p] += Math.abs(a[p] - before![p]);
      },
      result: () => sums,
    };
  },
  inWasm: (_, place) => pixelSums('change', place),
};
