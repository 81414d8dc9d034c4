import { type NdArray, ndarray } from '../ndarray.js';
import type { Pair } from './convolution.js';

const known = new Map<string, NdArray>();

/**
 * [channels · k · l, 1, k, l]: for each channel k·l kernels, each 1 at a tap of its own, in their order or the other way round. A convolution of each
 * channel with them puts its shifts side by side. The same array each time, so that a graph holds it once.
 */
export function oneTapKernels(channels: number, [k, l]: Pair, reversed = false): NdArray {
  const key = `${channels} ${k} ${l} ${reversed}`;
  const present = known.get(key);
  if (present) return present;
  const taps = k * l;
  const kernels = ndarray([channels * taps, 1, k, l]);
  for (let i = 0; i < channels * taps; i++) {
    const tap = i % taps;
    kernels.data[i * taps + (reversed ? taps - 1 - tap : tap)] = 1;
  }
  known.set(key, kernels);
  return kernels;
}
