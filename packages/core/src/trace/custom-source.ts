import { type Region, reduceMaps } from '@xinc/kernels';
import { throwIfAborted } from '../errors.js';
import type { CustomHook, CustomTraceContext } from '../inr.js';
import type { ContributionSource } from './contribution-source.js';

/** Values of maps computed at once: enough that what a plugin prepares for a call takes a small part of the time. */
const VALUES_AT_ONCE = 2 ** 22;

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
      const area = whole.height * whole.width;
      const reduction = reduceMaps(request, area);
      const atOnce = Math.max(1, Math.floor(VALUES_AT_ONCE / area));
      for (const { start, end } of chunks) {
        for (let first = start; first < end; first += atOnce) {
          throwIfAborted(abort);
          const last = Math.min(first + atOnce, end);
          const neurons = Uint32Array.from({ length: last - first }, (_, i) => first + i);
          const before = await previous?.maps(neurons);
          const range = reduction.range(neurons.length);
          range.accept(await maps(neurons), before);
          merge({ start: first, end: last }, range.result());
        }
      }
      return [reduction.counts()];
    },
    dispose() {},
  };
}
