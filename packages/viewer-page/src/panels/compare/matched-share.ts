import type { LayerTrace } from '../../trace/layer-trace.js';
import { strongest } from '../../trace/strongest.js';
import { findMatch } from './best-match.js';

interface Extents {
  readonly height: number;
  readonly width: number;
}

/** Best matches of some neurons of a layer in another run's layer. */
export interface Matched {
  /** Those that were looked for and have a correlation, and their best matches, [M]. */
  readonly neurons: readonly number[];
  readonly matches: readonly number[];
  /** The correlation of each neuron's map with that of its best match, [M]. */
  readonly correlations: readonly number[];
  /** The same of its map moved by half the picture: what is found by chance among maps like these, [M]. */
  readonly chance: readonly number[];
}

/** Neurons that are looked for in other runs: those with the largest Σ |c| that contribute anything. */
export const sampled = (sums: ArrayLike<number>, most: number): number[] =>
  strongest(sums, most).filter((neuron) => sums[neuron] > 0);

/** A map moved by half the picture down and to the right; what leaves at one side comes in at the other. */
export function movedByHalf(map: Float32Array, { height, width }: Extents): Float32Array {
  const out = new Float32Array(map.length);
  for (let row = 0; row < height; row++) {
    const to = ((row + (height >> 1)) % height) * width;
    for (let column = 0; column < width; column++) {
      out[to + ((column + (width >> 1)) % width)] = map[row * width + column];
    }
  }
  return out;
}

/** Neurons whose map is the same everywhere have no correlations, and are left out. @param update is told how many were looked for */
export async function matchNeurons(
  from: LayerTrace,
  to: LayerTrace,
  neurons: readonly number[],
  signal: AbortSignal,
  update: (done: number) => void,
): Promise<Matched> {
  const found: number[] = [];
  const matches: number[] = [];
  const correlations: number[] = [];
  const chance: number[] = [];
  for (const [done, neuron] of neurons.entries()) {
    update(done);
    const map = await from.map(neuron, signal);
    const best = await findMatch(map, from, to, signal);
    const moved = await findMatch(movedByHalf(map, from), from, to, signal);
    if (!best || !moved) continue;
    found.push(neuron);
    matches.push(best.neuron);
    correlations.push(best.correlation);
    chance.push(moved.correlation);
  }
  return { neurons: found, matches, correlations, chance };
}

/** The share of correlations of `least` and more, in [0, 1]; NaN of none. */
export const shareFrom = (correlations: readonly number[], least: number): number =>
  correlations.filter((one) => one >= least).length / correlations.length;
