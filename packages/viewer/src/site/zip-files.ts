import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { XincError } from '@xinc/core';
import { writeFileAtomic } from '@xinc/core/node';
import { SITE_FILES } from '@xinc/viewer-page';
import { type Zippable, zipSync } from 'fflate';
import { SITE_BEGINNING } from './site-folder.js';

/** The time that all files of a zip have, so that the same site gives the same zip. */
const TIME = new Date(2020, 0, 1);

/** Bytes of the beginning of a zip before the name of its first file, which follows; after it come the file's own. */
const HEADER = 30;

/**
 * Writes files of a folder, by their paths in it, as a zip: all of it or nothing. What says that it is a site comes first, as it is, so that
 * the zip can be told by its first bytes.
 */
export async function writeZip(zip: string, folder: string, paths: readonly string[]): Promise<void> {
  const files: Zippable = {};
  for (const path of [SITE_FILES.session, ...paths.filter((path) => path !== SITE_FILES.session)]) {
    const bytes = await readFile(join(folder, ...path.split('/')));
    files[path] = [bytes, { level: path === SITE_FILES.session ? 0 : 6 }];
  }
  await writeFileAtomic(zip, zipSync(files, { mtime: TIME }));
}

/** @throws XincError `conflict` for what is there and is no zip of a site */
export async function checkZip(zip: string): Promise<void> {
  const found = await stat(zip).catch(() => undefined);
  if (!found) return;
  if (found.isFile()) {
    const expected = `${SITE_FILES.session}${SITE_BEGINNING}`;
    const file = await open(zip);
    try {
      const { buffer } = await file.read(Buffer.alloc(expected.length), 0, expected.length, HEADER);
      if (buffer.toString('latin1') === expected) return;
    } finally {
      await file.close();
    }
  }
  throw new XincError('conflict', `${zip} is there already, and is no zip of a site: it is left as it is`, {
    subject: zip,
    hint: 'Give another folder, or remove it.',
  });
}
