import { strongest, sumOfSizes } from '../trace/strongest.js';
import type { GroupSums } from './scene.svelte.js';

/** `total`: S = Σ_p |c|. `density`: S ÷ |g|, what is given to the average pixel of the group. */
export type GroupMeasure = 'density' | 'total';

/** One line of a ranking. */
interface Ranked {
  /** Index of the neuron, or of the group. */
  readonly index: number;
  /** What it is ranked by; signed for contributions at a pixel. */
  readonly value: number;
  /** |value| ÷ Σ |values|, in [0, 1]. */
  readonly share: number;
}

export interface Ranking {
  readonly rows: readonly Ranked[];
  /** How many of all are known so far. */
  readonly known: number;
  readonly total: number;
  /** max |value| */
  readonly largest: number;
}

/**
 * The `count` values of the largest size; zeros paint nothing and have no rank. NaN is not yet known.
 * @param shown whether an index is ranked, by default all are; shares are of all
 */
export function rank(values: ArrayLike<number>, count: number, shown?: (index: number) => boolean): Ranking {
  const sum = sumOfSizes(values);
  const ranked = shown ? Float64Array.from(values, (value, index) => (shown(index) ? value : 0)) : values;
  const rows = strongest(ranked, count)
    .filter((index) => ranked[index] !== 0)
    .map((index) => ({ index, value: values[index], share: Math.abs(values[index]) / sum }));
  let known = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) known++;
  return { rows, known, total: values.length, largest: rows.length > 0 ? Math.abs(rows[0].value) : 0 };
}

/** Groups by what the selected neurons give them; groups of no pixels are left out. */
export function rankGroups({ sums, sizes, labels }: GroupSums, measure: GroupMeasure): Ranking {
  const groups = labels.groups.length;
  const values = new Float64Array(groups);
  for (let i = 0; i < sums.length; i++) values[i % groups] += sums[i];
  if (measure === 'density')
    for (const [g, size] of sizes.entries()) values[g] = size > 0 ? values[g] / size : Number.NaN;
  const { rows, ...ranking } = rank(values, groups);
  return { ...ranking, rows: rows.filter(({ index }) => sizes[index] > 0) };
}
