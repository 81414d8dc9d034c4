import type { Region } from '@xinc/kernels';
import { throwIfAborted } from '../errors.js';
import type { ContributionSource } from './contribution-source.js';
import type { MapBlock } from './map-block.js';

/** Values of maps held at once for collectors that plugins bring. */
const VALUES_AT_ONCE = 1 << 20;

/** Shows every map of a layer on a tile to collectors written in plain JavaScript, some neurons at a time. */
export async function feedCollectors(
  source: ContributionSource,
  region: Region,
  collectors: readonly { accept(block: MapBlock): void }[],
  abort?: AbortSignal,
): Promise<void> {
  if (collectors.length === 0) return;
  const atOnce = Math.max(1, Math.floor(VALUES_AT_ONCE / (region.height * region.width)));
  for (let start = 0; start < source.neurons; start += atOnce) {
    throwIfAborted(abort);
    const neurons = Uint32Array.from({ length: Math.min(atOnce, source.neurons - start) }, (_, i) => start + i);
    const maps = await source.maps(neurons);
    // Each gets a copy of the numbers, so that what one changes does not reach the others.
    for (const [i, collector] of collectors.entries()) {
      collector.accept({ neurons, region, maps: i + 1 < collectors.length ? maps.slice() : maps });
    }
  }
}
