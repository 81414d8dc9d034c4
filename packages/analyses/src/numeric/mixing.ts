/** How the runs that neurons come from are spread over clusters. */
export interface Mixing {
  /** Entropy of the runs in each cluster in bits: 0 where all its neurons come from one run. */
  readonly entropies: readonly number[];
  /**
   * Mean entropy of the runs within a cluster, weighted by cluster size, as a share of their entropy over all neurons:
   * 1 where every cluster holds the runs in the same proportion, 0 where each holds one run only. NaN for a single run.
   */
  readonly share: number;
}

/** @param counts neurons of each run, [cluster][run] */
export function mixing(counts: readonly (readonly number[])[]): Mixing {
  const entropies = counts.map(entropy);
  const sizes = counts.map((ofCluster) => ofCluster.reduce((a, b) => a + b, 0));
  const total = sizes.reduce((a, b) => a + b, 0);
  const overall = entropy(counts[0].map((_, run) => counts.reduce((sum, ofCluster) => sum + ofCluster[run], 0)));
  const within = entropies.reduce((sum, bits, k) => sum + (bits * sizes[k]) / total, 0);
  return { entropies, share: overall > 0 ? within / overall : Number.NaN };
}

/** Entropy of the proportions in bits. */
function entropy(counts: readonly number[]): number {
  const total = counts.reduce((a, b) => a + b, 0);
  const bits = counts
    .filter((count) => count > 0)
    .reduce((sum, count) => sum + (count / total) * Math.log2(total / count), 0);
  return bits;
}
