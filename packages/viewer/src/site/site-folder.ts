import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { XincError } from '@xinc/core';
import { ioError, temporaryName } from '@xinc/core/node';
import { SITE_FILES } from '@xinc/viewer-page';

/** What says in a site's first file that it is one. */
export const SITE_MARK = 'xinc-site';

/**
 * Writes a folder as a whole or not at all; one that is a site already is replaced.
 * @param write into a folder beside it, which then takes its place
 * @throws XincError `conflict` for a folder or file that is no site
 */
export async function writeSiteFolder<R>(path: string, write: (folder: string) => Promise<R>): Promise<R> {
  const target = resolve(path);
  await checkTarget(target, path);
  const folder = join(dirname(target), temporaryName(basename(target)));
  const former = join(dirname(target), temporaryName(`${basename(target)}-former`));
  try {
    await mkdir(folder, { recursive: true });
    const result = await write(folder);
    const replaced = await stat(target).catch(() => undefined);
    if (replaced) await rename(target, former);
    try {
      await rename(folder, target);
    } catch (error) {
      if (replaced) await rename(former, target);
      throw error;
    }
    if (replaced) await rm(former, { recursive: true, force: true });
    return result;
  } catch (error) {
    throw ioError(error, path, 'written');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkTarget(target: string, path: string): Promise<void> {
  const found = await stat(target).catch(() => undefined);
  if (!found) return;
  if (found.isDirectory()) {
    if ((await readdir(target)).length === 0) return;
    const session = await readFile(join(target, SITE_FILES.session), 'utf8').catch(() => '');
    if (session.startsWith(`{"kind":"${SITE_MARK}"`)) return;
  }
  throw new XincError('conflict', `${path} is there already, and is no site of XINC: it is left as it is`, {
    subject: path,
    hint: 'Give another folder, or remove it.',
  });
}
