import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { HOME } from './home.js';
import type { Kind } from './kinds.js';
import type { PluginNames } from './names.js';
import { Refusal } from './refusal.js';
import { withVersions } from './versions.js';

/** What templates call a plugin: `my-network`, and its package: `xinc-plugin-my-network`. */
const placeholderOf = (kind: Kind) => `my-${kind}`;
/** npm packs no file of this name, so that the template's has no full stop. */
const GITIGNORE = 'gitignore';
/** What those who work on a template may leave in its folder. */
const NOT_OF_TEMPLATE = new Set(['node_modules', 'dist', 'package-lock.json']);

/** The files of a new plugin, by their paths in its folder, with `/`. */
export function filesOf(kind: Kind, names: PluginNames): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const template of ['shared', kind]) {
    const root = join(HOME, 'templates', template);
    for (const path of pathsBelow(root)) {
      const text = readFileSync(join(root, ...path.split('/')), 'utf8')
        .replaceAll(`xinc-plugin-${placeholderOf(kind)}`, names.package)
        .replaceAll(placeholderOf(kind), names.plugin)
        .replaceAll('\r\n', '\n');
      files.set(path === GITIGNORE ? '.gitignore' : path, path === 'package.json' ? withVersions(text) : text);
    }
  }
  return files;
}

function pathsBelow(folder: string, before = ''): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !NOT_OF_TEMPLATE.has(name))
    .flatMap((entry) => {
      const path = `${before}${entry.name}`;
      return entry.isDirectory() ? pathsBelow(join(folder, entry.name), `${path}/`) : [path];
    })
    .sort();
}

/** @throws Refusal for a place that holds something, or that is no folder */
export function checkPlace(folder: string): void {
  if (contents(folder).length > 0) throw new Refusal(`${folder} is not empty: name a folder that is not there yet`);
}

function contents(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })) return [];
  try {
    return readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') throw new Refusal(`${folder} is a file: name a folder that is not there yet`);
    throw new Refusal(`${folder} cannot be read: ${(error as Error).message}`);
  }
}

/**
 * Writes files into a folder that is empty or not there yet. They are written beside it and moved there, so that all of them
 * appear or none; without waiting for anything, so that Ctrl-C comes before or after.
 * @throws Refusal as `checkPlace`, and where nothing can be written there
 */
export function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  checkPlace(folder);
  const parent = dirname(folder);
  let made: string | undefined;
  let beside: string | undefined;
  const moved: string[] = [];
  try {
    made = mkdirSync(parent, { recursive: true });
    beside = mkdtempSync(join(parent, '.create-xinc-plugin-'));
    const whole = join(beside, 'plugin');
    for (const [path, text] of files) {
      const file = join(whole, ...path.split('/'));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    if (statSync(folder, { throwIfNoEntry: false })) {
      // One that is there may be the working directory, which Windows does not let go.
      for (const name of readdirSync(whole)) {
        renameSync(join(whole, name), join(folder, name));
        moved.push(join(folder, name));
      }
    } else {
      renameSync(whole, folder);
    }
  } catch (error) {
    for (const path of moved) rmSync(path, { recursive: true, force: true });
    if (beside !== undefined) rmSync(beside, { recursive: true, force: true });
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
    const { message } = error as Error;
    throw new Refusal(`${folder} cannot be written: ${message.split('\n')[0]}`);
  }
  rmSync(beside, { recursive: true, force: true });
}
