import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';

export const KEYWORD = 'xinc-plugin';
/** Bytes of a package.json that is read: those of strangers are read as well. */
const LARGEST = 2 ** 20;
/** Names of packages, as npm takes them. */
const PACKAGE = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/i;

export interface PackageManifest {
  readonly name?: string;
  readonly version?: string;
  readonly keywords?: readonly string[];
  readonly xinc?: unknown;
  readonly scripts?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** A plugin package as it is installed. */
export interface InstalledPackage {
  readonly name: string;
  /** Its folder, without links. */
  readonly path: string;
}

/** The package.json of a folder; `null` where there is none that can be read. */
export async function readManifest(folder: string): Promise<PackageManifest | null> {
  const path = join(folder, 'package.json');
  try {
    const found = await stat(path);
    if (!found.isFile() || found.size > LARGEST) return null;
    const manifest: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof manifest === 'object' && manifest !== null ? (manifest as PackageManifest) : null;
  } catch {
    return null;
  }
}

/** The nearest folder at or above one that has a package.json, and the plugin packages among its dependencies, in their order. */
export async function nearestProject(
  start: string,
): Promise<{ readonly folder: string; readonly packages: readonly InstalledPackage[] } | null> {
  const { root } = parse(start);
  for (let folder = start; ; folder = dirname(folder)) {
    const manifest = await readManifest(folder);
    if (manifest) return { folder, packages: await pluginPackages(folder, manifest) };
    if (folder === root) return null;
  }
}

async function pluginPackages(folder: string, manifest: PackageManifest): Promise<InstalledPackage[]> {
  const { dependencies, optionalDependencies, devDependencies } = manifest;
  const names = Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies });
  const found: InstalledPackage[] = [];
  for (const name of names.filter((name) => PACKAGE.test(name))) {
    const path = await installedPackage(folder, name);
    if (path !== null) found.push({ name, path });
  }
  return found;
}

/** Where a dependency is installed, if it is a plugin; node's way of looking for it. */
async function installedPackage(from: string, name: string): Promise<string | null> {
  const { root } = parse(from);
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name);
    const manifest = await readManifest(path);
    if (manifest) return isPlugin(manifest) ? realpath(path) : null;
    if (folder === root) return null;
  }
}

export function isPlugin({ keywords }: PackageManifest): boolean {
  return Array.isArray(keywords) && keywords.includes(KEYWORD);
}
