import { groupSizes } from '@xinc/core';
import type { Labels } from '../../access/access.js';
import { type FrameValues, isKnown } from './chart-scale.js';

/** What neurons give to each group of one frame, by the group's name. */
export type GroupValues = ReadonlyMap<string, number>;

/** Values of one group over frames; `null` where the group is not there. */
export interface GroupLine {
  readonly name: string;
  readonly values: FrameValues;
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
    const values = Array.from({ length: frames }, (_, frame) => {
      const groups = series[frame];
      return groups && (groups.get(name) ?? null);
    });
    const known = values.filter(isKnown);
    return { name, values, mean: known.reduce((sum, value) => sum + value, 0) / known.length };
  });
  return lines.sort((a, b) => b.mean - a.mean);
}
