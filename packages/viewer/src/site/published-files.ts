import { decodeNpy } from '@xinc/core/formats';
import type { RunFolder } from '@xinc/runs';

/** Bytes of one file of a run. */
const MOST_BYTES = 256 * 2 ** 20;

const PNG = [0x89, 0x50, 0x4e, 0x47];

/** The kinds of files that are published, each with whether it is what its name says: a host may serve it as anything. */
const KINDS: Readonly<Record<string, (bytes: Uint8Array, name: string) => boolean>> = {
  npy: (bytes, name) => {
    decodeNpy(bytes, name);
    return true;
  },
  png: (bytes) => PNG.every((byte, i) => bytes[i] === byte),
  json: (bytes) => {
    // Texts in it are gone through one by one: nested too deep for that, it is not published.
    JSON.parse(new TextDecoder().decode(bytes), (_, value: unknown) => value);
    return true;
  },
  // A browser that is told no type takes what begins like a page for one.
  csv: (bytes) => !new TextDecoder().decode(bytes).trimStart().startsWith('<'),
};

/** A file of a run as it is published; `undefined` for one of another kind, or that is not what its name says. */
export async function publishedFile(folder: RunFolder, path: string): Promise<Uint8Array | undefined> {
  const check = KINDS[path.slice(path.lastIndexOf('.') + 1)];
  if (!check) return undefined;
  const bytes = await folder.read(path, MOST_BYTES);
  try {
    return check(bytes, path) ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** All files below a folder of the run. */
export async function filesBelow(folder: RunFolder, path: string): Promise<string[]> {
  const files = (await folder.list(path, 'files')).map((name) => `${path}/${name}`);
  const below: string[] = [];
  for (const name of await folder.list(path, 'folders')) below.push(...(await filesBelow(folder, `${path}/${name}`)));
  return [...files, ...below];
}
