import type { AnalysisContext, LayerInfo } from '@xinc/core';
import { sum } from '../../numeric/averages.js';
import { spread } from '../../numeric/spread.js';
import { type Plane, thumbnail } from '../../numeric/thumbnail.js';
import { eachMap } from '../../scope/each-map.js';
import type { LiveLayer } from '../../scope/live-layers.js';

const MAP_PIXELS = 2 ** 15;

/**
 * Neurons at evenly spaced ranks of the live ones by total contribution over all frames, strongest first. The strongest
 * and the weakest are among them.
 */
export function shownNeurons(live: readonly LiveLayer[], layer: LayerInfo, limit: number): number[] {
  const sums = new Float64Array(layer.neurons);
  for (const { totals } of live.filter((other) => other.layer.id === layer.id)) {
    for (let n = 0; n < sums.length; n++) sums[n] += totals[n];
  }
  const ranked = [...sums.keys()].filter((n) => sums[n] > 0).sort((a, b) => sums[b] - sums[a] || a - b);
  return spread(ranked, limit);
}

/**
 * |c| of each of the neurons, averaged down to what is drawn.
 * @param report is told the share of them that is there
 */
export async function magnitudeMaps(
  layer: LayerInfo,
  frame: number,
  neurons: readonly number[],
  context: AnalysisContext,
  report: (share: number) => void,
): Promise<Plane[]> {
  const { height, width } = context.signal;
  const planes: Plane[] = [];
  report(0);
  for await (const map of eachMap(context, layer.id, frame, neurons)) {
    planes.push(thumbnail(map, height, width, MAP_PIXELS));
    report(planes.length / neurons.length);
  }
  return planes;
}

/** Share of the layer's total that its strongest tenth of live neurons carries. */
export function strongestTenth({ totals, census }: LiveLayer): number {
  const sorted = Float64Array.from(census.live, (n) => totals[n])
    .sort()
    .reverse();
  const tenth = sorted.subarray(0, Math.ceil(sorted.length / 10));
  return sum(tenth) / sum(sorted);
}
