import { XincError } from '@xinc/core';
import { LONGEST_NOTE, MOST_STARS } from '@xinc/core/formats';
import { z } from 'zod';
import { RUN_FILES } from '../folder/files.js';
import type { RunFolder } from '../folder/folder.js';
import { takeLock } from '../folder/lock.js';
import { listOf, parseStoredJson } from '../folder/stored-json.js';

/** A neuron that somebody marked, to come back to. */
export interface Star {
  /** Id of its layer. */
  readonly layer: string;
  readonly neuron: number;
  /** What somebody wrote about it; may be empty. */
  readonly note: string;
}

/** Bytes of the file: so many notes, each character in six bytes of JSON. */
const MOST_BYTES = 4 * 2 ** 20;

/** Lines, tabs and other control characters are none of a note. */
const isPlain = (text: string): boolean => /^\P{Cc}*$/u.test(text);

const starSchema = z.object({
  layer: z.string().min(1).max(200).refine(isPlain, 'has a control character'),
  neuron: z.int().min(0).max(9_999_999),
  note: z.string().max(LONGEST_NOTE).refine(isPlain, 'has a control character'),
});
const fileSchema = z.object({
  schema: z.literal(1, 'this version of XINC reads 1'),
  stars: listOf(starSchema)
    .refine((stars) => stars.length <= MOST_STARS, `has more than ${MOST_STARS}`)
    .refine(
      (stars) => new Set(stars.map(({ layer, neuron }) => `${neuron} ${layer}`)).size === stars.length,
      'names a neuron twice',
    ),
});

/**
 * Neurons that were marked in a run, in the order in which they were.
 * @throws XincError `invalid-file` for a file that is damaged or too large, `io`
 */
export async function storedStars(folder: RunFolder): Promise<Star[]> {
  const file = RUN_FILES.stars;
  if (!(await folder.has(file))) return [];
  const refuse = (what: string) =>
    new XincError('invalid-file', `${folder.at(file)} is damaged: ${what}`, {
      subject: file,
      hint: 'Mend it, or remove it with all stars.',
    });
  let value: unknown;
  try {
    value = parseStoredJson(await folder.read(file, MOST_BYTES));
  } catch (error) {
    throw error instanceof XincError ? error : refuse((error as Error).message);
  }
  const parsed = fileSchema.safeParse(value);
  if (parsed.success) return parsed.data.stars;
  const [{ path, message }] = parsed.error.issues;
  throw refuse(`${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`);
}

/** A star to be set, or with `null` for a note taken away. */
export interface StarChange {
  readonly layer: string;
  readonly neuron: number;
  readonly note: string | null;
}

/**
 * Marks a neuron, writes another note about it, or takes its mark away. While somebody else does so, in another process too, this waits for
 * nobody: it is refused. It may be done while the run is trained or analysed, since nothing else writes this file.
 * @returns all stars of the run
 * @throws XincError `invalid-option` for a note that is too long or has control characters, and for one star too many; `conflict`; as
 *   `storedStars`; `io` where the folder cannot be written
 */
export async function changeStar(folder: RunFolder, { layer, neuron, note }: StarChange): Promise<Star[]> {
  const parsed = starSchema.safeParse({ layer, neuron, note: note ?? '' });
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new XincError('invalid-option', `A star's ${path.join('.')}: ${message}`, {
      hint: `A note has at most ${LONGEST_NOTE} characters, and no line breaks.`,
    });
  }
  const lock = await takeLock(folder.at(RUN_FILES.starsLock), folder.at(RUN_FILES.stars));
  try {
    const before = await storedStars(folder);
    const at = before.findIndex((star) => star.layer === layer && star.neuron === neuron);
    const stars =
      note === null
        ? before.filter((_, i) => i !== at)
        : at < 0
          ? [...before, parsed.data]
          : before.with(at, parsed.data);
    if (stars.length > MOST_STARS) {
      throw new XincError('invalid-option', `A run keeps ${MOST_STARS} stars, and this one has them`, {
        hint: 'Take one away first.',
      });
    }
    await folder.write(RUN_FILES.stars, `${JSON.stringify({ schema: 1, stars }, undefined, 2)}\n`);
    return stars;
  } finally {
    await lock.release();
  }
}
