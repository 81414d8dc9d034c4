import { XincError } from '@xinc/core';
import { cityscapesIds } from './cityscapes-ids.js';
import type { GroupNames } from './group-names.js';
import { findSmoothEdges, sharpen } from './smooth-edges.js';
import type { Survey } from './survey.js';
import { decideVoid, givenVoid, listValues, type VoidValues } from './void-values.js';

/** What the values of label maps mean, told from all frames together. */
export interface Meaning {
  /** Values that stand for another: edges for an area, void for 0. */
  readonly become: ReadonlyMap<number, number>;
  readonly names: GroupNames;
  /** What was taken for what, and the option that changes it. */
  readonly notes: readonly string[];
}

/** What is known of label maps. */
export interface LabelEvidence {
  /** The files. */
  readonly paths: readonly string[];
  readonly survey: Survey;
  /** What the JSON files beside them say. */
  readonly names: GroupNames;
  /** Whether the values are brightnesses, in between which others may lie: no palette's indices. */
  readonly graded: boolean;
}

/**
 * @param given the values that the user says are void
 * @throws XincError `invalid-file` for values in between several areas, and for negative ones that no convention names
 */
export function decideMeaning(
  { paths, survey, names: own, graded }: LabelEvidence,
  given: VoidValues | undefined,
): Meaning {
  const become = new Map<number, number>();
  const notes: string[] = [];
  const smooth = graded && own.size === 0 ? findSmoothEdges(survey) : undefined;
  if (smooth) {
    const { values, note } = sharpen(paths[0], smooth);
    for (const [from, to] of values) become.set(from, to);
    notes.push(note);
  }
  const sharp: Survey = new Map([...survey].filter(([value]) => !become.has(value)));
  const city = cityscapesIds(paths, sharp);
  const names: GroupNames = new Map([...(city?.names ?? []), ...own]);
  if (city) notes.push('values taken for ids of Cityscapes: below 1000 a class, above an instance of one');
  const decided = given ? givenVoid(given, sharp) : decideVoid(sharp, new Map([...voidNames(city?.voids), ...names]));
  notes.push(...decided.notes);
  checkNegative(paths[0], sharp, decided.values, given);
  // Where 0 is an object, void needs a value of its own.
  const zero = names.get(0)?.type;
  const [first] = decided.values;
  const target = survey.has(0) && (zero === 'thing' || zero === 'stuff') ? first : 0;
  for (const value of decided.values) become.set(value, target);
  return {
    become,
    names: target === 0 ? names : new Map([...names, [target, { name: 'void', type: 'other' }]]),
    notes,
  };
}

const voidNames = (values: readonly number[] = []): GroupNames =>
  new Map(values.map((value) => [value, { name: 'void' }]));

function checkNegative(path: string, survey: Survey, voids: ReadonlySet<number>, given: VoidValues | undefined): void {
  const negative = [...survey.keys()].filter((value) => value < 0 && !voids.has(value)).sort((a, b) => b - a);
  if (negative.length === 0 || given) return;
  throw new XincError(
    'invalid-file',
    `${path}: holds ${listValues(negative.slice(0, 3))}, but labels are whole numbers from 0 to 4294967295, and -1 for void`,
    { subject: path, hint: `Say with \`void\` which values are no object, such as \`void: ${negative[0]}\`.` },
  );
}
