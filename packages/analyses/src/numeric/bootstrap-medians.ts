import type { RandomStream } from '@xinc/core';

/** Draws with replacement, each as many as there are neurons. */
export const RESAMPLES = 1000;

/**
 * Medians of several quantities of the same neurons over resamples of them (Efron 1979): the same neurons are drawn for all
 * quantities, so that differences between these are compared neuron by neuron.
 * @param quantities one finite number per neuron each, [N]; an array that is there twice counts once
 * @returns the medians of each, [RESAMPLES]
 */
export function bootstrapMedians(quantities: readonly Float64Array[], stream: RandomStream): Float64Array[] {
  const count = quantities[0].length;
  const different = [...new Set(quantities)];
  const orders = different.map((values) => Uint32Array.from(values.keys()).sort((a, b) => values[a] - values[b]));
  const medians = different.map(() => new Float64Array(RESAMPLES));
  const drawn = new Uint32Array(count);
  const [lower, upper] = [Math.floor((count - 1) / 2), Math.ceil((count - 1) / 2)];
  for (let r = 0; r < RESAMPLES; r++) {
    drawn.fill(0);
    for (let i = 0; i < count; i++) drawn[stream.integer(count)]++;
    for (const [q, values] of different.entries()) {
      // How often each was drawn, from the smallest on, says which is in the middle: nothing need be sorted again.
      let [i, before] = [0, drawn[orders[q][0]]];
      while (before <= lower) before += drawn[orders[q][++i]];
      const below = values[orders[q][i]];
      while (before <= upper) before += drawn[orders[q][++i]];
      medians[q][r] = (below + values[orders[q][i]]) / 2;
    }
  }
  return quantities.map((values) => medians[different.indexOf(values)]);
}
