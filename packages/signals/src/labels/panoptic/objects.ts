import { type Group, XincError } from '@xinc/core';
import type { GroupNames } from '../group-names.js';
import { MAX_GROUPS } from '../label-map.js';
import { isUnlabelled } from '../void-values.js';
import type { Category, Segment } from './panoptic-json.js';
import { idColor } from './segment-ids.js';

/** The objects of some frames, numbered from 1. */
export interface ObjectCatalog {
  /** For each frame: segment id → object, 0 for what is none. */
  readonly numbers: readonly ReadonlyMap<number, number>[];
  readonly names: GroupNames;
  /** Which segments were taken for no objects, in words. */
  readonly notes: readonly string[];
}

/**
 * Who is who on the frames of a video: segments of one id and one category are one object. Objects are numbered in the
 * order of their categories, then of their appearance, and named after the category: "road", "car 1", "car 2". Categories
 * called void or unlabeled have none; a crowd is a stuff region, being no single object.
 * @param path the JSON file
 * @param given whether the user says what is void, so that names do not
 * @throws XincError `invalid-file` for a category that is not listed or listed twice; `unsupported` for more than 65534
 *   objects
 */
export function catalogObjects(
  path: string,
  frames: readonly ReadonlyMap<number, Segment>[],
  categories: readonly Category[],
  given: boolean,
): ObjectCatalog {
  const places = new Map(categories.map(({ id }, place) => [id, place]));
  if (places.size !== categories.length) {
    const twice = categories.find(({ id }, place) => places.get(id) !== place)!;
    throw new XincError('invalid-file', `${path}: lists category ${twice.id} twice`, { subject: path });
  }
  const unlabelled = new Set(given ? [] : categories.filter(({ name }) => isUnlabelled(name)).map(({ id }) => id));
  const left = new Set<number>();
  const objects = new Map<string, Segment>();
  for (const segments of frames) {
    for (const segment of segments.values()) {
      if (!places.has(segment.category_id)) {
        throw new XincError(
          'invalid-file',
          `${path}: segment ${segment.id} has category ${segment.category_id}, which is not among its categories`,
          { subject: path },
        );
      }
      if (unlabelled.has(segment.category_id)) left.add(segment.category_id);
      else if (!objects.has(keyOf(segment))) objects.set(keyOf(segment), segment);
    }
  }
  // Beside them there is the group "other".
  if (objects.size >= MAX_GROUPS) {
    throw new XincError(
      'unsupported',
      `${path}: ${objects.size} objects on these frames are more than ${MAX_GROUPS - 1}`,
      {
        subject: path,
        hint: 'Take fewer frames with `frames`.',
      },
    );
  }
  const ordered = [...objects.values()].sort((a, b) => places.get(a.category_id)! - places.get(b.category_id)!);
  const number = new Map(ordered.map((segment, i) => [keyOf(segment), i + 1]));
  return {
    numbers: frames.map(
      (segments) => new Map([...segments].map(([id, segment]) => [id, number.get(keyOf(segment)) ?? 0])),
    ),
    names: nameObjects(ordered, (segment) => categories[places.get(segment.category_id)!]),
    notes: catalogNotes(
      [...left].map((id) => categories[places.get(id)!].name),
      ordered.filter((segment) => segment.iscrowd && categories[places.get(segment.category_id)!].isthing).length,
    ),
  };
}

function catalogNotes(unlabelled: readonly string[], crowds: number): string[] {
  return [
    ...(unlabelled.length === 0
      ? []
      : [`taken for void, which is no object: ${unlabelled.join(', ')}; \`void: none\` makes them objects`]),
    ...(crowds === 0
      ? []
      : [`${crowds === 1 ? 'a crowd is' : `${crowds} crowds are`} no single object and counted as stuff`]),
  ];
}

const keyOf = ({ id, category_id }: Segment): string => `${id}/${category_id}`;

/** Names are what analyses tell objects apart by: each is given once, and none is the group "other"'s. */
function nameObjects(ordered: readonly Segment[], categoryOf: (segment: Segment) => Category): GroupNames {
  const kindOf = (segment: Segment) => `${categoryOf(segment).name}${segment.iscrowd ? ' crowd' : ''}`;
  const counts = new Map<string, number>();
  for (const segment of ordered) counts.set(kindOf(segment), (counts.get(kindOf(segment)) ?? 0) + 1);
  const used = new Map<string, number>();
  return new Map(
    ordered.map((segment, i): [number, Partial<Group>] => {
      const kind = kindOf(segment);
      const place = (used.get(kind) ?? 0) + 1;
      used.set(kind, place);
      const category = categoryOf(segment);
      const color = colorOf(segment, category);
      return [
        i + 1,
        {
          name: counts.get(kind) === 1 && kind !== 'other' ? kind : `${kind} ${place}`,
          category: category.name,
          type: category.isthing && !segment.iscrowd ? 'thing' : 'stuff',
          ...(color !== undefined && { color }),
        },
      ];
    }),
  );
}

/** How far the data sets' tools take an object's colour from its category's, per channel. */
const COLOR_DISTANCE = 30;

/** Ids are colours where they lie about the category's; elsewhere they are numbers, and their colours all but black. */
function colorOf({ id }: Segment, { color }: Category): string | undefined {
  if (!color) return undefined;
  const channels = [id & 0xff, (id >> 8) & 0xff, (id >> 16) & 0xff];
  return channels.every((value, c) => Math.abs(value - color[c]) <= COLOR_DISTANCE) ? idColor(id) : undefined;
}
