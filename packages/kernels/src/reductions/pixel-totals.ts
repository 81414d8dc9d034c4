import { pixelSums } from './pixel-sums.js';
import type { Reducer } from './reducer.js';

/** [P] */
export const pixelTotals: Reducer<boolean, Float64Array> = {
  over: 'pixels',
  inScript(_, _neurons, pixels) {
    const sums = new Float64Array(pixels);
    return {
      accept(_n, a) {
        for (let p = 0; p < pixels; p++) sums[p] += a[p];
      },
      result: () => sums,
    };
  },
  inWasm: (_, place) => pixelSums('pixelTotals', place),
};
