import { didYouMean } from './did-you-mean.js';
import { KIND_WORDS } from './doors/fault.js';
import { guardPlugin } from './doors/guard.js';
import { rememberExecuted } from './doors/stray.js';
import { XincError } from './errors.js';
import type { Plugin, PluginKind } from './plugin.js';
import type { PluginOrigin } from './plugin-origin.js';

type PluginOf<K extends PluginKind> = Extract<Plugin, { kind: K }>;

export interface RegisteredPlugin<K extends PluginKind = PluginKind> {
  readonly plugin: PluginOf<K>;
  readonly origin: PluginOrigin;
}

/** A package that announced itself as a plugin but could not be used. */
export interface BrokenPlugin {
  readonly package: string;
  readonly reason: string;
}

/** Plugin packages that a project names and that are not loaded, since its folder is not trusted. */
export interface UntrustedPlugins {
  /** The project's folder. */
  readonly folder: string;
  readonly packages: readonly string[];
  /** Why it is not trusted, and what to do, in one line. */
  readonly reason: string;
}

/** The plugins at hand, by kind and name. It knows none by itself: `discoverPlugins` (core/node) or the caller fills it. */
export class Registry {
  readonly #plugins = new Map<string, RegisteredPlugin>();
  readonly #broken: BrokenPlugin[] = [];
  readonly #untrusted: UntrustedPlugins[] = [];
  readonly #outside: PluginOrigin[] = [];

  /**
   * Adds a plugin, whose functions are guarded from then on (doors/guard.ts).
   * @throws XincError `plugin` naming both packages where two plugins of a kind share a name
   */
  add(plugin: Plugin, origin: PluginOrigin): void {
    const key = `${plugin.kind}:${plugin.name}`;
    const present = this.#plugins.get(key);
    if (present) {
      throw new XincError(
        'plugin',
        `The ${KIND_WORDS[plugin.kind]} '${plugin.name}' comes from both ${present.origin.package} (${present.origin.path}) and ${origin.package} (${origin.path})`,
        { subject: plugin.name, hint: 'Remove one of the two.' },
      );
    }
    this.#plugins.set(key, { plugin: guardPlugin(plugin, origin), origin });
  }

  addBroken(broken: BrokenPlugin): void {
    this.#broken.push(broken);
  }

  get broken(): readonly BrokenPlugin[] {
    return this.#broken;
  }

  /** Records that a package from outside the program was executed. */
  addOutside(origin: PluginOrigin): void {
    this.#outside.push(origin);
    rememberExecuted(origin);
  }

  get outside(): readonly PluginOrigin[] {
    return this.#outside;
  }

  addUntrusted(untrusted: UntrustedPlugins): void {
    this.#untrusted.push(untrusted);
  }

  get untrusted(): readonly UntrustedPlugins[] {
    return this.#untrusted;
  }

  all<K extends PluginKind>(kind: K): RegisteredPlugin<K>[] {
    return [...this.#plugins.values()].filter(
      (entry) => entry.plugin.kind === kind,
    ) as unknown as RegisteredPlugin<K>[];
  }

  /** @throws XincError `not-found` listing the names there are, and any package that failed to load. */
  get<K extends PluginKind>(kind: K, name: string): RegisteredPlugin<K> {
    const found = this.#plugins.get(`${kind}:${name}`);
    if (found) return found as unknown as RegisteredPlugin<K>;
    const names = this.all(kind).map((entry) => entry.plugin.name);
    const broken =
      this.#broken.length > 0
        ? ` (could not be loaded: ${this.#broken.map((b) => `${b.package}, ${b.reason}`).join('; ')})`
        : '';
    const untrusted = this.#untrusted
      .map(({ packages, folder }) => ` (not loaded, since ${folder} is not trusted: ${packages.join(', ')})`)
      .join('');
    throw new XincError('not-found', `There is no ${KIND_WORDS[kind]} '${name}'${broken}${untrusted}`, {
      subject: name,
      hint:
        names.length > 0
          ? `${didYouMean(name, names)}Known: ${names.sort().join(', ')}.`
          : `No ${KIND_WORDS[kind]} plugin is installed.`,
    });
  }
}
