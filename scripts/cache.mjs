import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Something that cannot be had on this machine; the message says what and why. What needs it is skipped. */
export class Unavailable extends Error {}

/**
 * The folder <cache>/<name>, which `make(folder)` fills unless it is there. It appears as a whole or not at all. The
 * cache is the folder that XINC_CACHE names, else xinc/ where this system keeps the caches of programs.
 */
export function cached(name, make) {
  const folder = join(process.env.XINC_CACHE || join(userCache(), 'xinc'), name);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  try {
    make(unfinished);
    mkdirSync(dirname(folder), { recursive: true });
    // Another process may have been quicker.
    if (!existsSync(folder)) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

function userCache() {
  if (process.env.XDG_CACHE_HOME) return process.env.XDG_CACHE_HOME;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  if (process.platform === 'win32') return process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local');
  return join(homedir(), '.cache');
}
