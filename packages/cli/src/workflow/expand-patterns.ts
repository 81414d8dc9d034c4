import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { XincError } from '@xinc/core';

const natural = new Intl.Collator('en', { numeric: true });

/**
 * Paths of which some may be patterns with `*` and `?`, as shells expand them: PowerShell and cmd leave that to the program. A path that is there is taken as
 * it is. What a pattern matches comes in natural order, 2 before 10; names that begin with a dot are left out.
 * @param option where they were given, for messages: `--signals`
 * @throws XincError `not-found` for a pattern that matches nothing
 */
export async function expandPatterns(paths: readonly string[], option: string): Promise<string[]> {
  const expanded: string[] = [];
  for (const path of paths) {
    if (!/[*?]/.test(path) || (await isThere(path))) {
      expanded.push(path);
      continue;
    }
    const matches = await matchesOf(path);
    if (matches.length === 0) {
      throw new XincError('not-found', `${option} ${path}: no file or folder matches this pattern`, {
        subject: option,
        hint: '* stands for any part of a name, ? for one character.',
      });
    }
    expanded.push(...matches);
  }
  return expanded;
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

async function matchesOf(path: string): Promise<string[]> {
  const { escapePath, glob } = await import('tinyglobby');
  const names = (process.platform === 'win32' ? path.replaceAll('\\', '/') : path).split('/');
  const first = names.findIndex((name) => /[*?]/.test(name));
  const folder = first === 0 ? '.' : `${names.slice(0, first).join('/')}/`;
  // Brackets and braces are parts of names.
  const escaped = (name: string) =>
    name
      .split(/([*?]+)/)
      .map((part, i) => (i % 2 === 0 ? escapePath(part) : part))
      .join('');
  const within = names.slice(first).filter((name) => name !== '');
  const found = await glob(within.map(escaped).join('/'), {
    cwd: folder,
    deep: within.length,
    onlyFiles: false,
    expandDirectories: false,
    braceExpansion: false,
    extglob: false,
    globstar: false,
  });
  return found
    .map((match) => join(folder, match.replace(/\/$/, '')))
    .sort((a, b) => natural.compare(a, b) || (a < b ? -1 : 1));
}
