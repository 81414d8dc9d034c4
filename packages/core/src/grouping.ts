import type { ZodType } from 'zod';
import { XincError } from './errors.js';
import type { Frame, SignalShape } from './signal.js';

/** A label per pixel and a name per group: a partition of the picture. */
export interface LabelMap {
  readonly height: number;
  readonly width: number;
  /** [H·W], values 0 … groups.length − 1. */
  readonly labels: Uint16Array;
  readonly groups: readonly Group[];
}

export interface Group {
  readonly name: string;
  /** For instances: the category ("car") and whether it is a countable thing or background stuff. */
  readonly category?: string;
  readonly type?: 'thing' | 'stuff' | 'other';
  /** sRGB colour to draw the group in, `#rrggbb`. */
  readonly color?: string;
}

export interface GroupingContext {
  readonly frame: number;
  readonly signal: SignalShape;
  readonly seed: number;
  /** The user's annotation of this frame, where the run has one. */
  readonly annotation?: LabelMap;
}

/** A rule that partitions the pixels of a frame: instances, colour clusters, grid cells, … */
export interface GroupingPlugin<C = unknown> {
  readonly kind: 'grouping';
  readonly name: string;
  readonly title: string;
  /** One sentence: what the groups are. */
  readonly description: string;
  readonly options: ZodType<C>;
  /**
   * Options from the short form after the colon of `rgb:32,grid:4x8`.
   * @throws XincError `invalid-option` naming the form expected.
   */
  parse?(text: string): unknown;
  /** That form, for people: `rgb:32`. */
  readonly form?: string;
  /** Options that reproduce the published code's choices (the preset `published`). */
  readonly presets?: Readonly<Record<string, Partial<C>>>;
  /** Whether it needs the user's annotation; without one it is left out, and the report says so. */
  readonly needsAnnotation?: boolean;
  /**
   * Called before anything is computed.
   * @throws XincError `invalid-option` for options that such a signal cannot be divided by
   */
  check?(options: C, signal: SignalShape): void;
  /** Groups of one name on several frames of a video are taken for one thing. */
  label(frame: Frame, options: C, context: GroupingContext): LabelMap | Promise<LabelMap>;
  /**
   * For groups that are found in the pictures themselves: finds them on frames of a video together, so that a group is one thing on
   * all of them; `label` is for a picture by itself. Frames that are analysed later are labelled by another call, with the same
   * frames: it has to find the same groups.
   * @param frames read frames that are spread over the whole video, whichever of it are analysed, in ascending order; one is in memory
   * at a time if each is let go
   * @returns labels any frame of the video; groups that it has no pixels of are among its groups
   */
  fit?(frames: readonly (() => Promise<Frame>)[], options: C): Promise<(frame: Frame) => LabelMap | Promise<LabelMap>>;
}

/** Number of pixels of each group. */
export function groupSizes(map: LabelMap): Uint32Array {
  const sizes = new Uint32Array(map.groups.length);
  for (const label of map.labels) sizes[label]++;
  return sizes;
}

/**
 * Checks a label map: extents, groups with names, and every label inside the list of groups.
 * @throws XincError `plugin` naming the grouping.
 */
export function checkLabelMap(name: string, map: LabelMap, height: number, width: number): LabelMap {
  const problem = labelMapProblem(map, height, width);
  if (problem !== undefined) throw new XincError('plugin', `Grouping '${name}': ${problem}`, { subject: name });
  return map;
}

/** What is wrong with a label map; `undefined` for one that is right. */
export function labelMapProblem(map: unknown, height: number, width: number): string | undefined {
  if (typeof map !== 'object' || map === null) return `the label map is ${map === null ? 'null' : typeof map}`;
  const { labels, groups, ...extents } = map as Partial<LabelMap>;
  if (!(labels instanceof Uint16Array)) return 'labels are no Uint16Array';
  if (extents.height !== height || extents.width !== width) {
    return `labels are ${extents.height}×${extents.width}, the frame is ${height}×${width}`;
  }
  if (labels.length !== height * width) return `there are ${labels.length} labels, the frame is ${height}×${width}`;
  if (!Array.isArray(groups)) return 'groups is no list';
  if (groups.length === 0 || groups.length > 65535) return `${groups.length} groups (1 to 65535 are possible)`;
  const unnamed = groups.findIndex((group) => typeof group?.name !== 'string' || group.name === '');
  if (unnamed >= 0) return `group ${unnamed} has no name`;
  const odd = groups.find(({ type }) => type !== undefined && !['thing', 'stuff', 'other'].includes(type));
  if (odd) return `group '${odd.name}' is of type '${odd.type}', not thing, stuff or other`;
  const painted = groups.find(({ color }) => color !== undefined && !/^#[\da-f]{6}$/i.test(color));
  if (painted) return `group '${painted.name}' has the colour '${painted.color}', not #rrggbb`;
  if (labels.some((label) => label >= groups.length)) {
    return `a label is not below the number of groups, ${groups.length}`;
  }
  return undefined;
}
