import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Where a file of the user's settings lies: in `XINC_CONFIG`, or where programs of this system keep theirs (`~/.config/xinc`,
 * `~/Library/Application Support/xinc`, `%APPDATA%\xinc`).
 */
export function settingsFile(name: string): string {
  const { XINC_CONFIG, XDG_CONFIG_HOME, APPDATA } = process.env;
  if (XINC_CONFIG) return resolve(XINC_CONFIG, name);
  const settings =
    process.platform === 'win32'
      ? (APPDATA ?? join(homedir(), 'AppData', 'Roaming'))
      : process.platform === 'darwin'
        ? join(homedir(), 'Library', 'Application Support')
        : XDG_CONFIG_HOME || join(homedir(), '.config');
  return join(settings, 'xinc', name);
}
