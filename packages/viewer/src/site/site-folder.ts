import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { XincError } from '@xinc/core';
import { ioError, temporaryFolder, temporaryName } from '@xinc/core/node';
import { SITE_FILES } from '@xinc/viewer-page';

/** What says in a site's first file that it is one. */
export const SITE_MARK = 'xinc-site';
/** How that file begins. */
export const SITE_BEGINNING = `{"kind":"${SITE_MARK}"`;

/**
 * Writes a folder as a whole or not at all; one that is a site already is replaced.
 * @param write into a folder beside it, which then takes its place
 * @throws XincError `conflict` for a folder or file that is no site
 */
export async function writeSiteFolder<R>(path: string, write: (folder: string) => Promise<R>): Promise<R> {
  const target = resolve(path);
  await checkTarget(target, path);
  const former = join(dirname(target), temporaryName(`${basename(target)}-former`));
  let fresh: Awaited<ReturnType<typeof temporaryFolder>> | undefined;
  try {
    fresh = await temporaryFolder(target);
    const result = await write(fresh.path);
    const replaced = await stat(target).catch(() => undefined);
    if (replaced) await rename(target, former);
    try {
      await rename(fresh.path, target);
    } catch (error) {
      if (replaced) await rename(former, target);
      throw error;
    }
    if (replaced) await rm(former, { recursive: true, force: true });
    return result;
  } catch (error) {
    throw ioError(error, path, 'written');
  } finally {
    await fresh?.remove();
  }
}

async function checkTarget(target: string, path: string): Promise<void> {
  const found = await stat(target).catch(() => undefined);
  if (!found) return;
  if (found.isDirectory()) {
    if ((await readdir(target)).length === 0) return;
    const session = await readFile(join(target, SITE_FILES.session), 'utf8').catch(() => '');
    if (session.startsWith(SITE_BEGINNING)) return;
  }
  throw new XincError('conflict', `${path} is there already, and is no site of XINC: it is left as it is`, {
    subject: path,
    hint: 'Give another folder, or remove it.',
  });
}
