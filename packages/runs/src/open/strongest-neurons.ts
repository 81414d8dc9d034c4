/** Maps that an export has where no neurons are named: a layer's first ones are often among its dead. */
export const STRONGEST = 16;

/**
 * Those that contribute most, from the strongest on.
 * @param sums A_n of each neuron of a layer
 */
export function strongestNeurons(sums: Float64Array, count: number): number[] {
  return [...sums.keys()].sort((a, b) => sums[b] - sums[a] || a - b).slice(0, count);
}
