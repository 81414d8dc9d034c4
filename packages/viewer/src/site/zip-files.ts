import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';

/** The time that all files of a zip have, so that the same site gives the same zip. */
const TIME = new Date(2020, 0, 1);

/** Files of a folder, by their paths in it, as a zip. */
export async function zipFiles(folder: string, paths: readonly string[]): Promise<Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (const path of paths) files[path] = await readFile(join(folder, ...path.split('/')));
  return zipSync(files, { mtime: TIME });
}
