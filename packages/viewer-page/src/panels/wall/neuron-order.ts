import type { WallOrder } from './settings.js';

/** What the wall may be sorted by, [N] each; absent where it is not known. NaN is not yet known. */
export interface OrderKeys {
  /** A_n */
  readonly totals?: ArrayLike<number> | undefined;
  /** S[n] of the region. */
  readonly region?: ArrayLike<number> | undefined;
  /** Index of a cluster, −1 for none. */
  readonly clusters?: ArrayLike<number> | undefined;
}

/**
 * The neurons of a layer in the order of the wall; equal ones by index. Clusters come one after the other, the largest
 * contributions first in each, and neurons of no cluster last.
 * @param alive leaves out neurons whose total is zero
 */
export function orderNeurons(neurons: number, order: WallOrder, keys: OrderKeys, alive: boolean): Uint32Array {
  const { totals, region, clusters } = keys;
  const kept = Uint32Array.from({ length: neurons }, (_, neuron) => neuron).filter(
    (neuron) => !(alive && totals?.[neuron] === 0),
  );
  const size = (values: ArrayLike<number> | undefined, neuron: number) => {
    const value = values?.[neuron];
    return value === undefined || Number.isNaN(value) ? -1 : value;
  };
  const byTotal = (a: number, b: number) => size(totals, b) - size(totals, a) || a - b;
  const cluster = (neuron: number) => {
    const index = clusters?.[neuron] ?? -1;
    return index < 0 ? Number.MAX_SAFE_INTEGER : index;
  };
  switch (order) {
    case 'index':
      return kept;
    case 'total':
      return kept.sort(byTotal);
    case 'region':
      return kept.sort((a, b) => size(region, b) - size(region, a) || a - b);
    case 'cluster':
      return kept.sort((a, b) => cluster(a) - cluster(b) || byTotal(a, b));
  }
}
