import type { Tensor } from '../../access/tensors.js';
import type { LayerView } from '../../api.js';
import { type Ranking, rank } from '../../state/ranking.js';

/** The layers that a dense layer's neurons come from and go to. */
export interface Adjoining {
  /** Its outputs are this layer's neurons; `null` where there is none of which that is sure. */
  readonly before: LayerView | null;
  /** Its neurons are this layer's outputs; `null` where there is none, as after the last layer. */
  readonly after: LayerView | null;
}

/** @param outputsOf number of outputs of a layer, by its weight; `undefined` where it has none of its own */
export function adjoining(
  layers: readonly LayerView[],
  layer: LayerView,
  outputsOf: (layer: LayerView) => number | undefined,
): Adjoining {
  const at = layers.findIndex(({ id }) => id === layer.id);
  const [before, after] = [layers[at - 1], layers[at + 1]];
  const follows = (a: LayerView | undefined, b: LayerView | undefined) =>
    a?.kind === 'dense' && b?.kind === 'dense' && outputsOf(a) === b.neurons;
  return { before: follows(before, layer) ? before : null, after: follows(layer, after) ? after : null };
}

/** Mean over pixels of |x_n(p)|, [N]. @param input x, [P, N] */
export function meanActivations({ shape: [pixels, neurons], data }: Tensor): Float64Array {
  const means = new Float64Array(neurons);
  for (let p = 0; p < pixels; p++) for (let n = 0; n < neurons; n++) means[n] += Math.abs(data[p * neurons + n]);
  return means.map((sum) => sum / pixels);
}

/**
 * What neuron n gives to each output o of its layer, before the activation: the mean over pixels of |W[o, n] · x_n(p)|.
 * @param weight W, [outputs, N]
 * @param means of `meanActivations`
 */
export function strongestAfter(
  { shape: [outputs, neurons], data }: Tensor,
  means: Float64Array,
  n: number,
  count: number,
): Ranking {
  return rank(
    Float64Array.from({ length: outputs }, (_, o) => Math.abs(data[o * neurons + n]) * means[n]),
    count,
  );
}

/**
 * What each neuron m of the layer before gives to its output n, which is the neuron n of the layer after it: the mean over pixels of
 * |W[n, m] · x_m(p)|.
 * @param weight W of the layer before, [outputs, N]
 * @param means of that layer's `meanActivations`
 */
export function strongestBefore(
  { shape: [, neurons], data }: Tensor,
  means: Float64Array,
  n: number,
  count: number,
): Ranking {
  return rank(
    Float64Array.from({ length: neurons }, (_, m) => Math.abs(data[n * neurons + m]) * means[m]),
    count,
  );
}
