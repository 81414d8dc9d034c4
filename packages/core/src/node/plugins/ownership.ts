import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Others may write. */
const WORLD_WRITABLE = 0o002;
/** The mode bit of a folder in which others may write and may not replace what is not theirs. */
const STICKY = 0o1000;

/**
 * Whether another user of this machine could have put something in a place: it, and each folder above it, belongs to this
 * user or the system's, and others cannot write to it. Windows keeps no such owners, and is taken at its word.
 * @param path without links
 * @returns what is wrong, in words; `undefined` where nothing is
 */
export async function foreignHand(path: string): Promise<string | undefined> {
  const own = process.getuid?.();
  if (own === undefined) return undefined;
  for (let place = path; ; place = dirname(place)) {
    const { uid, mode } = await stat(place);
    if (uid !== own && uid !== 0) return `${place} belongs to another user`;
    if ((mode & WORLD_WRITABLE) !== 0 && (mode & STICKY) === 0) return `every user can write to ${place}`;
    if (dirname(place) === place) return undefined;
  }
}
