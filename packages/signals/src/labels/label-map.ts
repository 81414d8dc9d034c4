import { type Group, type LabelMap, XincError } from '@xinc/core';
import { type Framing, sameExtent } from '../framing.js';
import { formatExtent } from '../size.js';
import { frameValues } from './frame-values.js';
import type { GroupNames } from './group-names.js';
import type { LabelValues } from './label-values.js';

/** The annotation of one frame, with what was noticed about it, in words. */
export interface FrameLabels extends LabelMap {
  readonly notes: readonly string[];
}

/** Group indices have to fit 16 bits. */
const MAX_GROUPS = 65_535;

/**
 * A frame's label map from stored values: the values left in the frame become groups in ascending order, 0 the group
 * "other" and the rest instances, named by `names` where it has them.
 * @throws XincError `conflict` if the map does not fit the picture, `unsupported` for more than 65535 values.
 */
export function labelMap(path: string, stored: LabelValues, framing: Framing, names: GroupNames): FrameLabels {
  const { height, width, values } = frameValues(path, stored, framing);
  const present = distinct(values);
  if (present.length > MAX_GROUPS) {
    throw new XincError(
      'unsupported',
      `${path}: ${present.length} different values, but at most ${MAX_GROUPS} groups are possible`,
      { subject: path },
    );
  }
  const index = new Map(present.map((value, i) => [value, i]));
  const groups = nameGroups(present, names, stored.colors);
  const labels = new Uint16Array(values.length);
  for (let i = 0; i < labels.length; i++) labels[i] = index.get(values[i])!;
  return {
    height,
    width,
    labels,
    groups,
    notes: [
      ...lostNotes(stored, framing, new Set(present), names),
      ...(present.length === 1 && present[0] === 0 ? ['every pixel is 0, "other": there are no instances'] : []),
    ],
  };
}

/** Values in ascending order, each once. */
function distinct(values: Iterable<number>): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

/** A name given to several values is taken for their category: the groups become "car 3", "car 7". */
function nameGroups(present: readonly number[], names: GroupNames, colors: LabelValues['colors']): Group[] {
  const uses = new Map<string, number>();
  for (const { name } of names.values()) if (name) uses.set(name, (uses.get(name) ?? 0) + 1);
  return present.map((value) => {
    const given = names.get(value) ?? {};
    const shared = given.name !== undefined && uses.get(given.name)! > 1;
    const category = given.category ?? (shared ? given.name : undefined);
    const color = given.color ?? colors?.get(value);
    return {
      name: shared ? `${given.name} ${value}` : (given.name ?? defaultName(value)),
      ...(category === undefined ? {} : { category }),
      type: given.type ?? (value === 0 ? 'other' : 'thing'),
      ...(color === undefined ? {} : { color }),
    };
  });
}

function defaultName(value: number): string {
  return value === 0 ? 'other' : `instance ${value}`;
}

/** Which instances of the picture the frame no longer has, and why. */
function lostNotes(
  { values, width, height }: LabelValues,
  framing: Framing,
  kept: ReadonlySet<number>,
  names: GroupNames,
) {
  const { region, output } = framing;
  if (sameExtent({ height, width }, output)) return [];
  const inRegion = new Set<number>();
  for (let y = region.top; y < region.top + region.height; y++) {
    for (let x = region.left; x < region.left + region.width; x++) inRegion.add(values[y * width + x]);
  }
  const called = (lost: readonly number[]) =>
    lost.map((value) => names.get(value)?.name ?? defaultName(value)).join(', ');
  const cropped = distinct(values).filter((value) => !inRegion.has(value));
  const resized = distinct(inRegion).filter((value) => !kept.has(value));
  return [
    ...(cropped.length > 0 ? [`lost outside the crop: ${called(cropped)}`] : []),
    ...(resized.length > 0 ? [`lost in resizing to ${formatExtent(output)}: ${called(resized)}`] : []),
  ];
}
