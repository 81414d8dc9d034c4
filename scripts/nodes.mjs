import { join } from 'node:path';
import { cached } from './cache.mjs';
import { addPackages } from './toolchain.mjs';

/** One of every line of Node that XINC runs on. */
export const NODES = ['20.20.2', '22.23.5', '24.22.3', '26.12.1'];

/**
 * The path of a Node of that version, from the npm registry's packages of its binaries, in the cache.
 * @throws Unavailable where there is none for this system.
 */
export function nodeBinary(version) {
  const windows = process.platform === 'win32';
  const name = `node-${windows ? 'win' : process.platform}-${process.arch}`;
  const folder = cached(join('nodes', version), (unfinished) => addPackages(unfinished, `${name}@${version}`));
  return join(folder, 'node_modules', name, 'bin', windows ? 'node.exe' : 'node');
}
