import { homedir, hostname, userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';

/** Folders of an absolute path, of whatever system, shares of Windows too: what is left is the last name. Addresses of the web are none. */
const FOLDERS = [
  /(?<![\w.:/\\])\/(?:[^\s"'<>|,;:/\\]+\/)+/g,
  /(?<![\w\\])\\{2}(?:[^\s"'<>|,;:/\\]+\\)+/g,
  /(?<!\w)[A-Za-z]:[\\/](?:[^\s"'<>|,;:/\\]+[\\/])+/g,
];

/**
 * What texts of a run may say of the machines that it was made on is not published: absolute paths. One of the folders that are known, whatever is
 * in their names, is replaced by what the path ends in; of any other, such as one of another machine, the folders are left out up to the
 * first space.
 * @param folders of the run, of its signal
 */
export function withoutPaths(text: string, folders: readonly string[]): string {
  const known = [...new Set(folders.flatMap((folder) => [resolve(folder), dirname(resolve(folder))]).concat(homedir()))]
    .filter((path) => path.length > 3)
    .sort((a, b) => b.length - a.length);
  const without = known.reduce((rest, path) => {
    return rest
      .replaceAll(`${path}/`, '')
      .replaceAll(`${path}\\`, '')
      .replace(new RegExp(`${escaped(path)}(?!\\w)`, 'g'), '…');
  }, text);
  return FOLDERS.reduce((rest, pattern) => rest.replace(pattern, ''), without);
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** JSON whose texts, one by one, are without paths: what is left out of one is no part of its form. */
export function withoutPathsInJson(json: string, folders: readonly string[]): string {
  return JSON.stringify(
    JSON.parse(json, (_, value: unknown) => (typeof value === 'string' ? withoutPaths(value, folders) : value)),
  );
}

/** The names of this machine and its user, where they are long enough to be names. */
export function privateNames(): string[] {
  return [hostname(), userInfo().username].filter((name) => name.length > 3);
}
