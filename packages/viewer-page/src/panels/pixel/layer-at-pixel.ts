import type { LayerView } from '../../api.js';
import { type Ranking, rank } from '../../state/ranking.js';
import { countForShare, sumOfSizes } from '../../trace/strongest.js';

/** What a layer does at a pixel. */
export interface LayerAtPixel {
  readonly layer: LayerView;
  /** The strongest neurons, by |c_n(p)|. */
  readonly ranking: Ranking;
  /** T(p) = Σ_n |c_n(p)| */
  readonly total: number;
  /** How many of the strongest make 90 % of T(p). */
  readonly most: number;
  /** What is left for the neurons that are not ranked, as a share of T(p) in [0, 1]; NaN where T(p) is 0. */
  readonly rest: number;
}

/** @param values c_n(p) of every neuron of the layer, signed, [N] */
export function layerAtPixel(layer: LayerView, values: Float32Array, rows: number): LayerAtPixel {
  const ranking = rank(values, rows);
  const total = sumOfSizes(values);
  const ranked = ranking.rows.reduce((sum, { share }) => sum + share, 0);
  return {
    layer,
    ranking,
    total,
    most: countForShare(values, 0.9),
    rest: total > 0 ? Math.max(0, 1 - ranked) : Number.NaN,
  };
}
