import { extname, resolve, sep } from 'node:path';
import { XincError } from '@xinc/core';

/** A signal that has its name. */
interface Named {
  readonly name: string;
  readonly path: string;
}

/**
 * A name for each path: the part of it by which it differs from the others, so that `clips/bear/frames` and `clips/deer/frames`
 * are `bear` and `deer`.
 * @param before others that have theirs, which are not given again
 */
export function namesOf(paths: readonly string[], before: readonly Named[] = []): string[] {
  const parts = paths.map((path) => partsOf(path).reverse());
  const others = before.map(({ path }) => partsOf(path).reverse());
  const taken = before.map(({ name }) => name);
  const depth = Math.max(...parts.map(({ length }) => length));
  for (let level = 0; level < depth; level++) {
    const at = (of: readonly string[]) => asName(of[level] ?? '');
    const names = parts.map(at);
    if (areFree(names, taken) && areFree(names, others.map(at))) return names;
  }
  // Each part alone is somebody else's: they are numbered.
  const names: string[] = [];
  for (const [first] of parts) {
    const name = asName(first);
    let free = name;
    for (let n = 2; !areFree([...names, free], taken); n++) free = `${name}-${n}`;
    names.push(free);
  }
  return names;
}

/** Whether names are names, differ from each other, and from those that are taken. */
function areFree(names: readonly string[], taken: readonly string[]): boolean {
  const seen = new Set(taken.map((name) => name.toLowerCase()));
  return names.every((name) => name !== '' && seen.size < seen.add(name.toLowerCase()).size);
}

/** `my clip (2).mp4` → `my-clip-2` */
function asName(part: string): string {
  const kept = stem(part).replace(/[^A-Za-z0-9_]+/g, '-');
  return kept.replace(/^-+/, '').slice(0, 60).replace(/-+$/, '');
}

const stem = (part: string): string => part.slice(0, part.length - extname(part).length);

const partsOf = (path: string): string[] => resolve(path).split(sep);

/** By what labels were given to signals. */
export type Pairing = 'name' | 'folder' | 'order';

/**
 * Which labels are whose: those of the same name (`photos/bear.jpg`, `masks/bear.png`), else those that lie next to a signal
 * (`bear/frames`, `bear/labels`), else, where there are as many, by their order.
 * @returns the labels of each signal, and by what they were told
 * @throws XincError `invalid-option`
 */
export function pairLabels(
  signals: readonly string[],
  labels: readonly string[],
): { readonly labels: readonly (string | undefined)[]; readonly by: Pairing } {
  const names = signals.map((path) => stem(partsOf(path).at(-1)!));
  const byName = labels.map((path) => only(names.map((name) => name === stem(partsOf(path).at(-1)!))));
  const byFolder = labels.map((path) => only(isLargest(signals.map((signal) => sharedParts(signal, path)))));
  for (const [by, owners] of [
    ['name', byName],
    ['folder', byFolder],
  ] as const) {
    if (owners.includes(-1) || new Set(owners).size < owners.length) continue;
    return { by, labels: signals.map((_, i) => labels[owners.indexOf(i)]) };
  }
  if (labels.length === signals.length) return { by: 'order', labels };
  throw new XincError(
    'invalid-option',
    `It is not clear which of ${signals.length} signals the ${labels.length} labels are of`,
    { setting: 'labels', hint: 'Give one for each signal, in their order, or write them into study.yaml.' },
  );
}

/** The index of the one that is true; −1 where it is none or several. */
function only(flags: readonly boolean[]): number {
  const first = flags.indexOf(true);
  return first === flags.lastIndexOf(true) ? first : -1;
}

const isLargest = (values: readonly number[]): boolean[] => values.map((value) => value === Math.max(...values));

/** Parts that two paths begin with. */
function sharedParts(one: string, other: string): number {
  const [a, b] = [partsOf(one), partsOf(other)];
  const end = a.findIndex((part, i) => part !== b[i]);
  return end < 0 ? a.length : end;
}
