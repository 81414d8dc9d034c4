import type { RunFolder } from '@xinc/runs';
import type { Answer } from '../http/answer.js';
import { runFileType } from '../http/content-type.js';
import { openInside } from '../http/folder-file.js';
import { FILE_POLICY } from '../http/security-headers.js';

/** A file of a run as it is. It may come from anyone: opened by itself, it runs nothing. */
export async function runFile(folder: RunFolder, names: readonly string[]): Promise<Answer> {
  const { handle, size, tag } = await openInside(folder, names);
  return {
    type: runFileType(names.at(-1)!),
    tag,
    headers: { 'Content-Security-Policy': FILE_POLICY },
    body: { handle, size },
  };
}
