import type { Region } from '@xinc/kernels';
import { throwIfAborted } from '../errors.js';
import type { CustomHook, CustomTraceContext } from '../inr.js';
import type { ContributionSource } from './contribution-source.js';
import { emptyCounts, reduceMaps } from './map-reduction.js';

const NEURONS_AT_ONCE = 8;

/**
 * A layer whose plugin computes the maps itself.
 * @param whole what is traced at once: a tile of the picture
 */
export function customSource(hook: CustomHook, context: CustomTraceContext, whole: Region): ContributionSource {
  const maps: ContributionSource['maps'] = async (neurons, region = whole) => {
    const out = new Float32Array(neurons.length * region.height * region.width);
    hook.trace(context, Uint32Array.from(neurons), region, out);
    return out;
  };
  return {
    neurons: hook.neurons,
    height: whole.height,
    width: whole.width,
    maps,
    responses: maps,
    async reduce(chunks, { previous, ...request }, merge, abort) {
      const counts = emptyCounts(request, whole.height * whole.width);
      for (const { start, end } of chunks) {
        for (let first = start; first < end; first += NEURONS_AT_ONCE) {
          throwIfAborted(abort);
          const last = Math.min(first + NEURONS_AT_ONCE, end);
          const neurons = Uint32Array.from({ length: last - first }, (_, i) => first + i);
          const before = await previous?.maps(neurons);
          merge({ start: first, end: last }, reduceMaps(await maps(neurons), neurons.length, request, counts, before));
        }
      }
      return counts;
    },
    dispose() {},
  };
}
