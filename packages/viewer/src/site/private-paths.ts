import { homedir, hostname, userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';

/** Folders of an absolute path, of whatever system, shares of Windows as JSON writes them: what is left is the last name. Addresses of the web are none. */
const FOLDERS = [
  /(?<![\w.:/\\])\/(?:[^\s"'<>|,;:/\\]+\/)+/g,
  /(?<!\\)\\{4}(?:[^\s"'<>|,;:/\\]+\\{2})+/g,
  /(?<!\w)[A-Za-z]:(?:\\{1,2}|\/)(?:[^\s"'<>|,;:/\\]+(?:\\{1,2}|\/))+/g,
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
    // As it is, and as JSON writes it on Windows.
    const forms = [path.replaceAll('\\', '\\\\'), path];
    return forms.reduce(
      (one, form) =>
        one
          .replaceAll(`${form}/`, '')
          .replaceAll(`${form}\\`, '')
          .replace(new RegExp(`${escaped(form)}(?!\\w)`, 'g'), '…'),
      rest,
    );
  }, text);
  return FOLDERS.reduce((rest, pattern) => rest.replace(pattern, ''), without);
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The names of this machine and its user, where they are long enough to be names. */
export function privateNames(): string[] {
  return [hostname(), userInfo().username].filter((name) => name.length > 3);
}
