import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { settingsFile, writeFileAtomic } from '@xinc/core/node';
import type { ProgressDisplay } from '../terminal/progress.js';

/** Others may read or write. */
const OTHERS = 0o077;

/**
 * What the tokens of this user's viewers are made of, kept in `viewer-secret` beside the user's other settings, which nobody else can
 * read: links that were saved go on working when a viewer is started again.
 * @param renew makes another one: links that were saved are worth nothing from then on
 * @returns `undefined` where it cannot be kept, which is said
 */
export async function viewerSecret(renew: boolean, display: ProgressDisplay): Promise<string | undefined> {
  const file = settingsFile('viewer-secret');
  try {
    const found = await readSecret(file);
    if (typeof found === 'string' && !renew) return found;
    if (found !== null && typeof found !== 'string') {
      display.line(`${file} ${found.problem}: the viewer has a new token, and links saved before do not work`);
    }
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFileAtomic(file, async (handle) => {
      await handle.chmod(0o600);
      await handle.writeFile(`${randomBytes(32).toString('base64url')}\n`);
    });
    // Of two that write at the same time, the last one's stays.
    const kept = await readSecret(file);
    if (typeof kept === 'string') return kept;
    display.line(`${file} ${kept?.problem ?? 'was removed'}: links that you copy work until this viewer ends`);
  } catch (error) {
    const why = (error as Error).message;
    display.line(`The viewer's token cannot be kept, so links that you copy work until this viewer ends: ${why}`);
  }
  return undefined;
}

/** The secret in a file; `null` where there is none; what is wrong with one that is not to be relied on. */
async function readSecret(file: string): Promise<string | null | { readonly problem: string }> {
  const found = await lstat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
  if (!found) return null;
  if (!found.isFile()) return { problem: 'is no file' };
  const own = process.getuid?.();
  if (own !== undefined && found.uid !== own) return { problem: 'belongs to another user' };
  if (own !== undefined && (found.mode & OTHERS) !== 0) return { problem: 'could be read by other users' };
  if (found.size > 100) return { problem: 'is damaged' };
  const text = (await readFile(file, 'utf8')).trim();
  return /^[\w-]{43}$/.test(text) ? text : { problem: 'is damaged' };
}
