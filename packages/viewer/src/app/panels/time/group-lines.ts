import type { Labels } from '../../access/access.js';
import { groupSizes } from '../../state/group-sizes.js';

/** What neurons give to each group of one frame, by the group's name. */
export type GroupValues = ReadonlyMap<string, number>;

/** Values of one group over frames; `null` where the group is not there, or not yet known. */
export interface GroupLine {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** Mean over the frames that have the group. */
  readonly mean: number;
}

/** Σ_n S[n, g] / |g| of each group that has pixels: what the average pixel of the group gets from these neurons. */
export function groupValues(labels: Labels, sums: Float64Array): GroupValues {
  const { groups } = labels;
  const sizes = groupSizes(labels);
  const totals = new Float64Array(groups.length);
  for (let i = 0; i < sums.length; i++) totals[i % groups.length] += sums[i];
  return new Map(
    groups.flatMap(({ name }, group) => (sizes[group] > 0 ? [[name, totals[group] / sizes[group]] as const] : [])),
  );
}

/** A line per group, the largest on average first. Objects are followed by name: they come and go. */
export function groupLines(series: readonly (GroupValues | undefined)[], frames: number): GroupLine[] {
  const names = new Set(series.flatMap((values) => (values ? [...values.keys()] : [])));
  const lines = [...names].map((name) => {
    const values = Array.from({ length: frames }, (_, frame) => series[frame]?.get(name) ?? null);
    const known = values.filter((value) => value !== null);
    return { name, values, mean: known.reduce((sum, value) => sum + value, 0) / known.length };
  });
  return lines.sort((a, b) => b.mean - a.mean);
}
