import { invalidSetting } from '@xinc/core';
import type { GroupNames } from './group-names.js';
import type { Survey } from './survey.js';

/** Label values that are no object: those given, or those that are so by convention. */
export type VoidValues = readonly number[];

/**
 * Void values in words: `255,10000`, or `none`.
 * @throws XincError `invalid-option`
 */
export function parseVoidValues(text: string): VoidValues {
  if (text.trim() === 'none') return [];
  const parts = text.split(',').map((part) => part.trim());
  if (parts.every((part) => /^-?\d{1,10}$/.test(part))) return parts.map(Number);
  throw invalidSetting('void', text, { expected: 'label values such as 255,10000 or -1, or none' });
}

/** Names that data sets and people give to what is not annotated. */
const UNLABELLED =
  /^(void|un-?label+ed|un-?annotated|ignored?( regions?)?|ego vehicle|rectification border|out of roi)$/i;

/** Whether a category of that name is none. */
export const isUnlabelled = (name: string): boolean => UNLABELLED.test(name);

/** Whether several values are spread evenly up to the largest of them, as in pictures made for looking at. */
function isSpread(values: readonly number[], largest: number): boolean {
  const all = [...values, largest];
  return all.every((value, i) => Math.abs(value - (largest * (i + 1)) / all.length) <= 1);
}

/** What is void, and what is to be said about it. */
export interface VoidDecision {
  readonly values: ReadonlySet<number>;
  readonly notes: readonly string[];
}

/** As `decideVoid`, where the user has said which. */
export function givenVoid(given: VoidValues, survey: Survey): VoidDecision {
  const absent = given.filter((value) => value !== 0 && !survey.has(value));
  return {
    values: new Set(given.filter((value) => survey.has(value))),
    notes: absent.length > 0 ? [`no pixel has ${listValues(absent)}, which \`void\` names`] : [],
  };
}

/**
 * Which values of label maps are void by convention: −1 and what it becomes as an unsigned number of 32 bits; 65535, 10000
 * (MOTS) and 255 (VOC, DAVIS) where they stand apart above objects; and values called so. 255 and 65535 alone are a mask's object.
 */
export function decideVoid(survey: Survey, names: GroupNames): VoidDecision {
  const isNamed = (value: number) => names.get(value)?.name !== undefined || names.get(value)?.type !== undefined;
  const called = [...survey.keys()].filter((value) => {
    const { name, type } = names.get(value) ?? {};
    return value !== 0 && type !== 'thing' && type !== 'stuff' && name !== undefined && isUnlabelled(name);
  });
  const values = new Set(called);
  const notes: string[] = [];
  for (const code of [-1, 0xffff_ffff]) if (survey.has(code) && !isNamed(code)) values.add(code);
  for (const code of [65_535, 10_000, 255]) {
    const others = [...survey.keys()].filter((value) => value !== 0 && value !== code && !values.has(value));
    others.sort((a, b) => a - b);
    const largest = others.at(-1) ?? 0;
    if (!survey.has(code) || isNamed(code) || largest > code) continue;
    const alone = others.length === 0 && code !== 10_000;
    const spread = others.length > 0 && isSpread(others, code);
    if (alone || spread || largest === code - 1) {
      const why = alone ? 'the one object of a mask' : `an object, the last of ${others.length + 1}`;
      notes.push(`${code} is taken for ${why}; \`void: ${code}\` makes it void`);
    } else {
      values.add(code);
    }
  }
  if (values.size > 0) {
    const list = [...values].sort((a, b) => a - b);
    notes.push(`taken for void, which is no object: ${listValues(list)}; \`void\` names others, or none`);
  }
  return { values, notes };
}

export const listValues = (values: readonly number[]): string => values.join(', ');
