import type { LayerTrace } from '../../trace/layer-trace.js';
import { mapCorrelations } from '../../trace/map-moments.js';
import { counterpartPixel } from './counterpart.js';

interface Extents {
  readonly height: number;
  readonly width: number;
}

/** The neuron of a layer whose map is most like another map. */
export interface BestMatch {
  readonly neuron: number;
  /** The correlation of the two maps over pixels, in [−1, 1]. */
  readonly correlation: number;
  /** How many others have the same correlation. */
  readonly ties: number;
}

/** Correlations that differ by less are those of maps that are the same but for rounding. */
const SAME = 1e-9;

/** @param correlations [N]; NaN for neurons that cannot be compared. `null` where none can */
export function bestMatch(correlations: Float64Array): BestMatch | null {
  let neuron = -1;
  for (const [n, correlation] of correlations.entries()) {
    if (!Number.isNaN(correlation) && (neuron < 0 || correlation > correlations[neuron])) neuron = n;
  }
  if (neuron < 0) return null;
  const correlation = correlations[neuron];
  const ties = correlations.reduce((count, one) => count + Number(correlation - one < SAME), 0) - 1;
  return { neuron, correlation, ties };
}

/** A map as a picture of another size shows it: at each pixel the value of the one at the same place. [to.height · to.width] */
export function mapAt(map: Float32Array, from: Extents, to: Extents): Float32Array {
  if (from.height === to.height && from.width === to.width) return map;
  const out = new Float32Array(to.height * to.width);
  for (let row = 0; row < to.height; row++) {
    for (let column = 0; column < to.width; column++) {
      const at = counterpartPixel({ row, column }, to, from);
      out[row * to.width + column] = map[at.row * from.width + at.column];
    }
  }
  return out;
}

/**
 * Looks through all neurons of a layer for the one whose map is most like a map of another run.
 * @param map signed contributions, [from.height · from.width]
 */
export async function findMatch(
  map: Float32Array,
  from: Extents,
  trace: LayerTrace,
  signal: AbortSignal,
): Promise<BestMatch | null> {
  const { height, width } = trace;
  const plane = mapAt(map, from, { height, width });
  const moments = await trace.moments(plane, { top: 0, left: 0, height, width }, null, { signal });
  return bestMatch(mapCorrelations(moments, plane));
}
