import { panelSettingProblem } from '@xinc/core/formats';
import type { PanelModule } from '../../api.js';
import { name, type Setting } from '../../state/setting.js';

/** A plugin's panel, and its settings for the page's address. */
export interface LoadedPluginPanel {
  readonly panel: PanelModule;
  readonly settings: Readonly<Record<string, Setting<string>>>;
}

/**
 * A plugin's panel, as a browser module of this server.
 * @param address relative to the page
 * @throws Error that names the package, for a module that does not load, is no panel, or has settings that fit no address
 */
export async function loadPluginPanel(address: string, packageName: string): Promise<LoadedPluginPanel> {
  const loaded: unknown = await import(/* @vite-ignore */ new URL(address, document.baseURI).href).catch(
    (cause: unknown) => {
      throw new Error(`The panel of ${packageName} does not load: ${(cause as Error).message}`, { cause });
    },
  );
  const panel = loaded as Partial<PanelModule>;
  if (typeof panel.title !== 'string' || typeof panel.mount !== 'function')
    throw new Error(`The panel of ${packageName} exports no 'title' and 'mount'`);
  return { panel: panel as PanelModule, settings: pluginSettings(packageName, panel.settings) };
}

/**
 * The settings that a plugin's panel names, as parts of the page's address: `plugin:PACKAGE:NAME=text`.
 * @throws Error that names the package and the setting
 */
export function pluginSettings(packageName: string, initial: unknown = {}): Readonly<Record<string, Setting<string>>> {
  if (typeof initial !== 'object' || initial === null)
    throw new Error(`The panel of ${packageName}: 'settings' is no object of texts`);
  return Object.fromEntries(
    Object.entries(initial).map(([key, text]: [string, unknown]) => {
      const problem = panelSettingProblem(key, text);
      if (problem !== undefined) throw new Error(`The panel of ${packageName}: ${problem}`);
      const setting = name(`plugin:${packageName}:${key}`, text as string);
      return [key, setting];
    }),
  );
}
