import type { Component } from 'svelte';
import type { Session } from '../../api.js';
import type { PanelEntry } from '../panel-entry.js';
import { type LoadedPluginPanel, loadPluginPanel } from './load-plugin-panel.js';
import PluginPanel from './PluginPanel.svelte';

/** The panels that plugins ship, as the dock knows panels. */
export class PluginPanels {
  readonly #session: () => Session | undefined;
  /** By package. Entries stay when the session is asked for again, so that open panels do. */
  readonly #entries = new Map<string, PluginEntry>();

  constructor(session: () => Session | undefined) {
    this.#session = session;
  }

  /** A package may have several plugins, and one panel. */
  get entries(): readonly PanelEntry[] {
    const addresses = new Map(
      (this.#session()?.plugins ?? []).flatMap(({ panel, package: name }) =>
        panel === undefined ? [] : [[name, panel] as const],
      ),
    );
    return [...addresses].map(([name, address]) => {
      const entry = this.#entries.get(name) ?? new PluginEntry(name, address);
      this.#entries.set(name, entry);
      return entry;
    });
  }

  /** Tabs bear the titles that the panels give themselves. */
  async loadTitles(): Promise<void> {
    await Promise.allSettled([...this.#entries.values()].map((entry) => entry.module()));
  }
}

class PluginEntry implements PanelEntry {
  readonly id: string;
  readonly #package: string;
  readonly #address: string;
  #title = $state<string>();
  #load: Promise<LoadedPluginPanel> | undefined;

  constructor(name: string, address: string) {
    this.id = `plugin:${name}`;
    this.#package = name;
    this.#address = address;
  }

  /** Until the module has come, the package's name. */
  get title(): string {
    return this.#title ?? this.#package;
  }

  async load() {
    return { default: PluginPanel as Component, props: { load: () => this.module(), title: this.title } };
  }

  /** One that did not load is asked for again. */
  module(): Promise<LoadedPluginPanel> {
    this.#load ??= this.#begin();
    return this.#load;
  }

  async #begin(): Promise<LoadedPluginPanel> {
    try {
      const loaded = await loadPluginPanel(this.#address, this.#package);
      this.#title = loaded.panel.title;
      return loaded;
    } catch (error) {
      this.#load = undefined;
      throw error;
    }
  }
}
