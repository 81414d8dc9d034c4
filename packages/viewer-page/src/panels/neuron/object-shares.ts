import type { Ranking } from '../../state/ranking.js';

/** What a neuron gives to one object of a frame. */
export interface ObjectShares extends Ranking {
  /** Names of the objects, which the ranking's rows index. */
  readonly names: readonly string[];
  /** What a neuron that treats all pixels alike would give to each. */
  readonly even: number;
}

/**
 * The share of a neuron's contribution that each object gets, regardless of its size, as the analysis `objects` defines it: its mean |c| per
 * pixel there, in parts of the sum of these means over the frame's objects. Groups of one name are one object.
 * @param sums Σ_{p∈g} |c(p)| per group; NaN where not yet known
 * @param sizes pixels per group
 */
export function objectShares(
  sums: ArrayLike<number>,
  sizes: ArrayLike<number>,
  groups: readonly { readonly name: string }[],
): ObjectShares {
  const found = new Map<string, { sum: number; pixels: number }>();
  for (const [g, { name }] of groups.entries()) {
    if (sizes[g] === 0) continue;
    const { sum, pixels } = found.get(name) ?? { sum: 0, pixels: 0 };
    found.set(name, { sum: sum + sums[g], pixels: pixels + sizes[g] });
  }
  const names = [...found.keys()];
  const means = [...found.values()].map(({ sum, pixels }) => sum / pixels);
  const total = means.reduce((sum, mean) => sum + mean, 0);
  const rows = means
    .map((value, index) => ({ index, value, share: value / total }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value);
  return {
    names,
    even: 1 / names.length,
    rows,
    known: names.length,
    total: names.length,
    largest: rows[0]?.value ?? 0,
  };
}
