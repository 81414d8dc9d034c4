import { type Group, type LabelMap, XincError } from '@xinc/core';
import { type Framing, sameExtent } from '../framing.js';
import { pause } from '../pause.js';
import { formatExtent } from '../size.js';
import type { FrameAnnotation } from './annotation.js';
import { frameValues } from './frame-values.js';
import type { GroupNames } from './group-names.js';

/** Group indices have to fit 16 bits. */
export const MAX_GROUPS = 65_535;

/** Pixels between two pauses. */
const PIECE = 2 ** 20;

/** A frame's annotation cropped and resized as the frame was. */
export interface FramedLabels {
  readonly height: number;
  readonly width: number;
  /** [H·W]: positions in `values`. */
  readonly labels: Uint16Array;
  /** The values that the frame has; one may be there twice. */
  readonly values: readonly number[];
  readonly names: GroupNames;
  readonly colors: ReadonlyMap<number, string>;
  /** Values of the picture that the frame no longer has: outside the crop, or smaller than a pixel of the frame. */
  readonly cropped: readonly number[];
  readonly resized: readonly number[];
}

/**
 * @throws XincError `conflict` if the map does not fit the picture, `unsupported` for more than 65535 values, `cancelled`.
 */
export async function frameLabels(
  { path, map, names }: FrameAnnotation,
  framing: Framing,
  abort?: AbortSignal,
): Promise<FramedLabels> {
  const { height, width, values } = frameValues(path, map, framing);
  const present = distinct(values);
  checkCount(path, present.length);
  const index = new Map(present.map((value, i) => [value, i]));
  const labels = new Uint16Array(values.length);
  for (let i = 0; i < labels.length; i++) {
    if (i % PIECE === 0) await pause(abort);
    labels[i] = index.get(values[i])!;
  }
  return {
    height,
    width,
    labels,
    values: present,
    names,
    colors: map.colors ?? new Map(),
    ...lost(map, framing, new Set(present)),
  };
}

/**
 * Label maps of frames with the same groups in all of them, in ascending order of values, so that an object has one
 * index, and with it one colour, wherever it appears. 0 is the group "other", the rest are things unless `names` says
 * otherwise. The label arrays are taken over.
 * @throws XincError `unsupported` for more than 65535 values in all
 */
export function unifyGroups(path: string, frames: readonly FramedLabels[]): LabelMap[] {
  const values = distinct(frames.flatMap((frame) => frame.values));
  checkCount(path, values.length);
  const index = new Map(values.map((value, i) => [value, i]));
  const [names, colors] = [merged(frames.map((frame) => frame.names)), merged(frames.map((frame) => frame.colors))];
  return frames.map(({ height, width, labels, values: own, names: ownNames }) => {
    const target = Uint16Array.from(own, (value) => index.get(value)!);
    for (let i = 0; i < labels.length; i++) labels[i] = target[labels[i]];
    return { height, width, labels, groups: nameGroups(values, merged([ownNames, names]), colors) };
  });
}

/** What is to be told of the objects of an annotation: which were lost, and where there are none. */
export function labelNotes(frames: readonly FramedLabels[], framings: readonly Framing[]): string[] {
  const notes: string[] = [];
  const tell = (what: string, valuesOf: (frame: FramedLabels) => readonly number[]) => {
    const where = new Map<string, number[]>();
    for (const [frame, framed] of frames.entries()) {
      for (const value of valuesOf(framed)) {
        const name = framed.names.get(value)?.name ?? defaultName(value);
        where.set(name, [...(where.get(name) ?? []), frame]);
      }
    }
    if (where.size === 0) return;
    const objects = [...where].map(([name, at]) => (frames.length === 1 ? name : `${name} (${frameList(at)})`));
    notes.push(`${what}: ${objects.slice(0, MOST_TOLD).join(', ')}${more(objects.length - MOST_TOLD)}`);
  };
  tell('lost outside the crop', ({ cropped }) => cropped);
  tell(`lost in resizing to ${formatExtent(framings[0].output)}`, ({ resized }) => resized);
  const bare = [...frames.keys()].filter((frame) => frames[frame].values.every((value) => value === 0));
  if (bare.length > 0) {
    const where = bare.length === frames.length ? '' : ` of ${frameList(bare)}`;
    notes.push(`every pixel${where} is 0, "other": there are no instances`);
  }
  return notes;
}

/** A note with more objects than this is no longer read. */
const MOST_TOLD = 30;

const more = (count: number): string => (count > 0 ? ` and ${count} more` : '');

/** `frame 3`, `frames 0–4, 7`. */
export function frameList(frames: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const frame of frames) {
    const run = runs.at(-1);
    if (run && run[1] === frame - 1) run[1] = frame;
    else runs.push([frame, frame]);
  }
  const texts = runs.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`));
  return `${frames.length === 1 ? 'frame' : 'frames'} ${texts.join(', ')}`;
}

/** Values in ascending order, each once. */
function distinct(values: Iterable<number>): number[] {
  const set = new Set<number>();
  let last = Number.NaN;
  for (const value of values) {
    if (value !== last) set.add(value);
    last = value;
  }
  return [...set].sort((a, b) => a - b);
}

/** All entries; of equal keys the first. */
export function merged<V>(maps: readonly ReadonlyMap<number, V>[]): ReadonlyMap<number, V> {
  const all = new Map<number, V>();
  for (const map of maps) for (const [key, value] of map) if (!all.has(key)) all.set(key, value);
  return all;
}

function checkCount(path: string, values: number): void {
  if (values <= MAX_GROUPS) return;
  throw new XincError(
    'unsupported',
    `${path}: ${values} different values, but at most ${MAX_GROUPS} groups are possible`,
    {
      subject: path,
      hint: 'Labels are few whole numbers; give a label map, not a picture or a depth map.',
    },
  );
}

/** A name given to several values is taken for their category: the groups become "car 3", "car 7". */
function nameGroups(present: readonly number[], names: GroupNames, colors: ReadonlyMap<number, string>): Group[] {
  const uses = new Map<string, number>();
  for (const { name } of names.values()) if (name) uses.set(name, (uses.get(name) ?? 0) + 1);
  return present.map((value) => {
    const given = names.get(value) ?? {};
    const shared = given.name !== undefined && uses.get(given.name)! > 1;
    const category = given.category ?? (shared ? given.name : undefined);
    const color = given.color ?? colors.get(value);
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

/** Which values of the picture the frame no longer has, and why. */
function lost(
  { values, width, height }: FrameAnnotation['map'],
  { region, output }: Framing,
  kept: ReadonlySet<number>,
): { cropped: number[]; resized: number[] } {
  if (sameExtent({ height, width }, output)) return { cropped: [], resized: [] };
  const inRegion = new Set<number>();
  for (let y = region.top; y < region.top + region.height; y++) {
    for (let x = region.left; x < region.left + region.width; x++) inRegion.add(values[y * width + x]);
  }
  return {
    cropped: distinct(values).filter((value) => !inRegion.has(value)),
    resized: distinct(inRegion).filter((value) => !kept.has(value)),
  };
}
