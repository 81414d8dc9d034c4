import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, parse, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { XincError } from '../errors.js';
import { checkPlugins, type Plugin } from '../plugin.js';
import { type PluginOrigin, Registry } from '../registry.js';

const KEYWORD = 'xinc-plugin';

export interface DiscoverOptions {
  /** Folders; the nearest package.json at or above each names packages that may be plugins. */
  readonly from: readonly string[];
  /** Plugin packages or modules by path (`--plugin`). */
  readonly paths?: readonly string[];
}

interface PackageManifest {
  readonly name?: string;
  readonly version?: string;
  readonly keywords?: readonly string[];
  readonly xinc?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * Fills a registry: a package is a plugin when its package.json has the keyword `xinc-plugin` and a field `xinc` naming
 * its entry, whose default export is a plugin or a list of them; or `{ "entry", "panel" }`, with a browser module for the
 * viewer. Only such entries are executed. A package that cannot be used is recorded as broken; the others go on.
 * @throws XincError `plugin` on a name clash, `not-found` or `plugin` for a path in `paths` that is no plugin
 */
export async function discoverPlugins({ from, paths = [] }: DiscoverOptions): Promise<Registry> {
  const registry = new Registry();
  const loaded = new Set<string>();
  for (const folder of from) {
    for (const packagePath of await pluginPackages(folder)) {
      if (loaded.has(packagePath)) continue;
      loaded.add(packagePath);
      const { name = packagePath } = (await readManifest(packagePath))!;
      try {
        add(registry, await loadPackage(packagePath));
      } catch (error) {
        // A clash is the user's to resolve: going on would silently prefer one of the two.
        if (error instanceof NameClash) throw error.cause;
        registry.addBroken({ package: name, reason: messageOf(error) });
      }
    }
  }
  for (const path of paths) {
    const found = await realpath(resolve(path)).catch(() => {
      throw new XincError('not-found', `--plugin ${path}: there is no such file or folder`, { subject: path });
    });
    if (loaded.has(found)) continue;
    loaded.add(found);
    try {
      const isFolder = (await stat(found)).isDirectory();
      add(registry, isFolder ? await loadPackage(found) : await loadModule(found, path, ''));
    } catch (error) {
      if (error instanceof NameClash) throw error.cause;
      throw new XincError('plugin', `--plugin ${path} cannot be used: ${messageOf(error)}`, {
        subject: path,
        cause: error,
      });
    }
  }
  return registry;
}

/** Folders of the plugin packages among the dependencies of the nearest package.json, in their order. */
async function pluginPackages(folder: string): Promise<string[]> {
  const nearest = await nearestManifest(resolve(folder));
  if (!nearest) return [];
  const { dependencies, optionalDependencies, devDependencies } = nearest.manifest;
  const names = Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies });
  const found = await Promise.all(names.map((name) => installedPackage(nearest.folder, name)));
  return found.filter((path) => path !== null);
}

async function nearestManifest(start: string): Promise<{ folder: string; manifest: PackageManifest } | null> {
  const { root } = parse(start);
  for (let folder = start; ; folder = dirname(folder)) {
    const manifest = await readManifest(folder);
    if (manifest) return { folder, manifest };
    if (folder === root) return null;
  }
}

/** Where a dependency is installed, if it is a plugin; node's way of looking for it. */
async function installedPackage(from: string, name: string): Promise<string | null> {
  const { root } = parse(from);
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name);
    const manifest = await readManifest(path);
    if (manifest) return manifest.keywords?.includes(KEYWORD) ? realpath(path) : null;
    if (folder === root) return null;
  }
}

async function readManifest(folder: string): Promise<PackageManifest | null> {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    return typeof manifest === 'object' && manifest !== null ? (manifest as PackageManifest) : null;
  } catch {
    return null;
  }
}

interface LoadedPlugins {
  readonly plugins: readonly Plugin[];
  readonly origin: PluginOrigin;
}

async function loadPackage(folder: string): Promise<LoadedPlugins> {
  const { name = folder, version = '', keywords, xinc } = (await readManifest(folder)) ?? {};
  const { entry, panel } =
    typeof xinc === 'object' && xinc !== null ? (xinc as Record<string, unknown>) : { entry: xinc };
  if (!keywords?.includes(KEYWORD) || typeof entry !== 'string') {
    throw new XincError(
      'plugin',
      `its package.json needs the keyword '${KEYWORD}' and a field 'xinc' naming its entry`,
    );
  }
  if (panel !== undefined && typeof panel !== 'string') {
    throw new XincError('plugin', "the field 'xinc.panel' of its package.json does not name a file");
  }
  const path = inside(folder, entry, 'entry');
  return loadModule(path, name, version, panel === undefined ? undefined : inside(folder, panel, 'panel'));
}

/** A file of a package. */
function inside(folder: string, file: string, what: string): string {
  const path = resolve(folder, file);
  if (relative(folder, path).startsWith('..')) throw new XincError('plugin', `its ${what} ${file} lies outside it`);
  return path;
}

async function loadModule(path: string, name: string, version: string, panel?: string): Promise<LoadedPlugins> {
  const module = (await import(pathToFileURL(path).href)) as { default?: unknown };
  const origin = { package: name, version, path, ...(panel !== undefined && { panel }) };
  return { plugins: checkPlugins(module.default, name), origin };
}

class NameClash extends Error {}

function add(registry: Registry, { plugins, origin }: LoadedPlugins): void {
  for (const plugin of plugins) {
    try {
      registry.add(plugin, origin);
    } catch (error) {
      throw new NameClash('name clash', { cause: error });
    }
  }
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0];
}
