import { XincError } from '@xinc/core';
import type { FrameOrigin } from '../signal-source.js';

/** What may be annotations of frames: each with the names under which a frame may be known there. */
export interface Annotated {
  readonly names: readonly string[];
}

/** For each frame the annotation that is named like it; `undefined` where there is none. */
export function matchNames<A extends Annotated>(
  annotated: readonly A[],
  origins: readonly FrameOrigin[],
): (A | undefined)[] {
  const byName = new Map<string, A>();
  // The first of equal names stays, so that exact names can be put before others.
  for (const one of annotated) for (const name of one.names) if (!byName.has(name)) byName.set(name, one);
  return origins.map(({ name }) => byName.get(name));
}

/**
 * For each frame the annotation in its place: where there are as many as frames, or as many as the clip had before
 * `frames` took some of them.
 */
export function matchOrder<A>(annotated: readonly A[], origins: readonly FrameOrigin[]): A[] | undefined {
  if (annotated.length === origins.length) return [...annotated];
  const last = Math.max(...origins.map(({ index }) => index));
  // Where there are several annotations, none belongs to a picture that is no frame of a video.
  if (last === 0 || annotated.length <= last) return undefined;
  return origins.map(({ index }) => annotated[index]);
}

/**
 * The error for frames without annotation, which says how to take the others.
 * @param what "label map", "annotation"
 */
export function missingFrames(
  path: string,
  what: string,
  matches: readonly unknown[],
  origins: readonly FrameOrigin[],
): XincError {
  const missing = origins.filter((_, i) => matches[i] === undefined).map(({ name }) => name);
  const range = frameRangeOf(origins.filter((_, i) => matches[i] !== undefined).map(({ index }) => index));
  return new XincError(
    'not-found',
    `${path}: no ${what} for ${missing.length} of ${origins.length} frames: ${listSome(missing)}`,
    {
      subject: path,
      ...(range !== undefined && { hint: `The annotated frames alone are taken with \`frames: ${range}\`.` }),
    },
  );
}

/** The first few of a list, for messages. */
export function listSome(names: readonly (string | number)[], most = 5): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown}, …` : shown;
}

/** `0:30:5` where frames lie evenly. */
function frameRangeOf(indices: readonly number[]): string | undefined {
  if (indices.length === 0) return undefined;
  const [first] = indices;
  const step = indices.length > 1 ? indices[1] - first : 1;
  if (step < 1 || indices.some((index, i) => index !== first + i * step)) return undefined;
  return `${first}:${indices.at(-1)! + 1}${step > 1 ? `:${step}` : ''}`;
}
