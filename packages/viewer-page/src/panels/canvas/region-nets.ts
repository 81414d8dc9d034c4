import type { RegionSums } from '../../state/scene.svelte.js';
import type { PixelMask } from '../../state/selected-region.js';
import type { LayerTrace } from '../../trace/layer-trace.js';
import { MOMENTS } from '../../trace/map-moments.js';

/** What neurons give to a region, with its sign. */
export interface RegionNets {
  readonly trace: LayerTrace;
  readonly mask: PixelMask;
  /** Σ_{p in the region} c_n(p), by neuron. */
  readonly nets: ReadonlyMap<number, number>;
}

/** The sums of c over a region, of some neurons. */
export async function regionNets(
  { trace, mask }: Pick<RegionSums, 'trace' | 'mask'>,
  neurons: readonly number[],
  signal: AbortSignal,
): Promise<RegionNets> {
  const moments = await trace.moments(Float32Array.from(mask.inside), mask.bounds, neurons, { signal });
  return { trace, mask, nets: new Map(neurons.map((neuron, i) => [neuron, moments[MOMENTS * i]])) };
}
