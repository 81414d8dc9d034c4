import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ioError } from '@xinc/core/node';
import { defaultMemoryLimit, MemoryBudget } from './memory-budget.js';
import { type ReadFileOptions, readRegularFile } from './read-file.js';
import { inFile, malformed } from './refusal.js';
import { DISTRIBUTED_METADATA, type DistributedIndex, readDistributedIndex } from './torch/distributed.js';

/** Whether a path is a folder; what is not there is none. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

/**
 * The files of a folder that `torch.distributed.checkpoint.save` wrote: those that its `.metadata` names, regular files
 * of the folder itself.
 * @returns the index, the files' bytes by name, and how many they are together
 */
export async function readDistributedFolder(
  path: string,
  options: ReadFileOptions,
): Promise<{ index: DistributedIndex; contents: Map<string, Uint8Array>; bytes: number }> {
  if (!(await entriesIn(path)).some(({ name }) => name === DISTRIBUTED_METADATA)) {
    throw inFile(path, () => {
      throw malformed('this is a folder', 'Give a checkpoint file, or a folder of torch.distributed.checkpoint.');
    });
  }
  const inside = { ...options, follow: false };
  const described = await readRegularFile(join(path, DISTRIBUTED_METADATA), inside);
  const index = inFile(path, () =>
    readDistributedIndex(described, new MemoryBudget(defaultMemoryLimit(described.length))),
  );
  const contents = new Map<string, Uint8Array>();
  let bytes = described.length;
  for (const { file } of index.parts) {
    if (contents.has(file)) continue;
    const largest = options.largest === undefined ? undefined : options.largest - bytes;
    const content = await readRegularFile(join(path, file), { ...inside, largest });
    contents.set(file, content);
    bytes += content.length;
  }
  return { index, contents, bytes };
}

/** The files that make up a checkpoint, itself or the regular ones of its folder, in the order of their names. */
export async function checkpointFiles(path: string): Promise<string[]> {
  if (!(await isFolder(path))) return [path];
  const names = (await entriesIn(path)).filter((entry) => entry.isFile()).map(({ name }) => name);
  const own = names.filter((name) => name === DISTRIBUTED_METADATA || name.endsWith('.distcp'));
  return own.sort().map((name) => join(path, name));
}

async function entriesIn(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    throw ioError(error, path, 'read');
  }
}
