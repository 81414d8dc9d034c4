import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { XincError } from '@xinc/core';
import { RunFolder } from '@xinc/runs';
import type { Answer } from './answer.js';
import { assetType } from './content-type.js';
import { openInside } from './folder-file.js';

/** Names of files in there carry a hash of their contents. */
const HASHED = 'assets';

/** @throws XincError `not-found` if the page has not been built */
export async function checkPage(folder: string): Promise<void> {
  const index = join(folder, 'index.html');
  await access(index).catch(() => {
    throw new XincError('not-found', `The viewer's page is missing: ${index}`, {
      subject: index,
      hint: 'Build it: pnpm build.',
    });
  });
}

/** A file of the page; `/` is its index. */
export async function pageAsset(folder: string, segments: readonly string[]): Promise<Answer> {
  const names = segments.length === 0 ? ['index.html'] : segments;
  const { handle, size, tag } = await openInside(new RunFolder(folder), names);
  return {
    type: assetType(names.at(-1)!),
    tag,
    ...(names[0] === HASHED && { cache: 'private, max-age=31536000, immutable' }),
    body: { handle, size },
  };
}
