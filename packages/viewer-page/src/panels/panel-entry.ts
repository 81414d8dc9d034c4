import type { Component } from 'svelte';
import type { RunView } from '../api.js';
import type { SettingGroup } from '../state/setting.js';

/** A panel below the canvas as the dock knows it: the page's own ones and those of plugins alike. */
export interface PanelEntry {
  /** In the address of the page. */
  readonly id: string;
  readonly title: string;
  /** What of it survives a reload: its part of the page's address, read by `viewer.settings.of(…)`. */
  readonly settings?: SettingGroup;
  /** Whether the panel has anything to do with a run; absent for always. */
  suits?(run: RunView): boolean;
  /** Called when its tab is opened: what needs large libraries is imported then. */
  load(): Promise<LoadedPanel>;
}

interface LoadedPanel {
  readonly default: Component;
  readonly props?: Readonly<Record<string, unknown>>;
}
