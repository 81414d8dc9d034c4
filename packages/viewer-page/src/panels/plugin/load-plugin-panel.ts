import type { PanelModule } from '../../api.js';

/**
 * A plugin's panel, as a browser module of this server.
 * @param address relative to the page
 * @throws Error that names the package, for a module that does not load or is no panel
 */
export async function loadPluginPanel(address: string, packageName: string): Promise<PanelModule> {
  const loaded: unknown = await import(/* @vite-ignore */ new URL(address, document.baseURI).href).catch(
    (cause: unknown) => {
      throw new Error(`The panel of ${packageName} does not load: ${(cause as Error).message}`, { cause });
    },
  );
  const panel = loaded as Partial<PanelModule>;
  if (typeof panel.title === 'string' && typeof panel.mount === 'function') return panel as PanelModule;
  throw new Error(`The panel of ${packageName} exports no 'title' and 'mount'`);
}
