import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { XincError } from '../../errors.js';
import { Registry } from '../../registry.js';
import { type LoadedPlugins, loadModule, loadPackage } from './load-package.js';
import { type InstalledPackage, nearestProject } from './manifest.js';
import { foreignHand } from './ownership.js';
import type { Trust } from './trust.js';

export interface DiscoverOptions {
  /**
   * Folders that the caller answers for: plugin packages among the dependencies of the nearest package.json at or above each
   * are executed.
   */
  readonly from: readonly string[];
  /** Folders that may be strangers': their packages are executed as far as `trust` says. */
  readonly projects?: readonly string[];
  /** The user's word; without it no project is trusted. */
  readonly trust?: Trust;
  /** Plugin packages or modules by path, which are executed. */
  readonly paths?: readonly string[];
}

/**
 * Fills a registry: a package is a plugin when its package.json has the keyword `xinc-plugin` and a field `xinc` naming
 * its entry, whose default export is a plugin or a list of them; or `{ "entry", "panel" }`, with a browser module for the
 * viewer. Only such entries are executed, and of projects that are not trusted none: these are recorded. A package that cannot
 * be used is recorded as broken; the others go on.
 * @throws XincError `plugin` on a name clash, `not-found` or `plugin` for a path in `paths` that is no plugin
 */
export async function discoverPlugins({ from, projects = [], trust, paths = [] }: DiscoverOptions): Promise<Registry> {
  const registry = new Registry();
  const loaded = new Set<string>();
  const load = async ({ name, path }: InstalledPackage, outside = false) => {
    if (loaded.has(path)) return;
    loaded.add(path);
    try {
      const found = await loadPackage(path);
      if (outside) registry.addOutside(found.origin);
      add(registry, found);
    } catch (error) {
      // A clash is the user's to resolve: going on would silently prefer one of the two.
      if (error instanceof NameClash) throw error.cause;
      const reason = messageOf(error);
      // The reason begins with the plugin's name, which is said beside it.
      registry.addBroken({
        package: name,
        reason: reason.startsWith(`${name}: `) ? reason.slice(name.length + 2) : reason,
      });
    }
  };
  for (const folder of from) {
    for (const found of (await nearestProject(resolve(folder)))?.packages ?? []) await load(found);
  }
  const given = await Promise.all(paths.map(givenPath));
  for (const start of projects) {
    const project = await nearestProject(await realpath(resolve(start)));
    const foreign = project?.packages.filter(({ path }) => !loaded.has(path) && !given.includes(path)) ?? [];
    if (!project || foreign.length === 0) continue;
    const { folder } = project;
    const trusted = trust?.packagesOf(folder);
    const leftOut = new Map<string, string[]>();
    for (const found of foreign) {
      const reason = trusted?.includes(found.name)
        ? ((await foreignHand(folder)) ?? (await foreignHand(found.path)))
        : trusted
          ? 'it was trusted before it named them'
          : 'it is not trusted';
      if (reason === undefined) await load(found, true);
      else leftOut.set(reason, [...(leftOut.get(reason) ?? []), found.name]);
    }
    for (const [reason, packages] of leftOut) registry.addUntrusted({ folder, packages, reason });
  }
  for (const [i, path] of paths.entries()) {
    const found = given[i];
    if (loaded.has(found)) continue;
    loaded.add(found);
    try {
      const isFolder = (await stat(found)).isDirectory();
      const plugins = isFolder ? await loadPackage(found) : await loadModule(found, path);
      registry.addOutside(plugins.origin);
      add(registry, plugins);
    } catch (error) {
      if (error instanceof NameClash) throw error.cause;
      throw new XincError('plugin', `\`plugin: ${path}\` cannot be used: ${messageOf(error)}`, {
        subject: path,
        cause: error,
      });
    }
  }
  return registry;
}

async function givenPath(path: string): Promise<string> {
  return realpath(resolve(path)).catch(() => {
    throw new XincError('not-found', `\`plugin: ${path}\`: there is no such file or folder`, { subject: path });
  });
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
