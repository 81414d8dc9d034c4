import { homedir, hostname, userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';

/**
 * What texts of a run may say of the machine and is not published: its folders, by their absolute paths. A path is replaced by what it ends
 * in.
 * @param folders of the run, of its signal
 */
export function withoutPaths(text: string, folders: readonly string[]): string {
  const known = [...new Set(folders.flatMap((folder) => [resolve(folder), dirname(resolve(folder))]).concat(homedir()))]
    .filter((path) => path.length > 3)
    .sort((a, b) => b.length - a.length);
  return known.reduce((rest, path) => {
    // As it is, and as JSON writes it on Windows.
    const json = path.replaceAll('\\', '\\\\');
    return [json, path].reduce(
      (one, form) => one.replaceAll(`${form}/`, '').replaceAll(`${form}\\`, '').replaceAll(form, '…'),
      rest,
    );
  }, text);
}

/** The names of this machine and its user, where they are long enough to be names. */
export function privateNames(): string[] {
  return [hostname(), userInfo().username].filter((name) => name.length > 3);
}
