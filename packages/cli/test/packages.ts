import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A package of this repository that others import. */
export interface Library {
  /** `@xinc/core` */
  readonly name: string;
  readonly folder: string;
  /** By how it is imported, the source of what it gives: `@xinc/core/node` → `…/src/node/index.ts`. */
  readonly entries: Readonly<Record<string, string>>;
}

/** All packages but the command line. */
export function libraries(): Library[] {
  return readdirSync(ROOT)
    .map((directory) => join(ROOT, directory))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .flatMap((folder) => {
      const { name, exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      if (exports === undefined) return [];
      // A door without types gives a file as it is.
      const doors = Object.entries(exports as Record<string, { readonly types?: string }>);
      const entries = doors.flatMap(([door, { types }]) => {
        if (types === undefined) return [];
        const source = types.replace(/^\.\/dist\//, 'src/').replace(/\.d\.ts$/, '.ts');
        return [[`${name}${door.slice(1)}`, join(folder, source)]];
      });
      return entries.length === 0 ? [] : [{ name, folder, entries: Object.fromEntries(entries) }];
    });
}
