import type { Component } from 'svelte';
import type { RunView } from '../api.js';
import WallPanel from './wall/WallPanel.svelte';

/** A panel below the canvas. */
export interface PanelEntry {
  /** In the address of the page. */
  readonly id: string;
  readonly title: string;
  /** Whether the panel has anything to do with a run; absent for always. */
  suits?(run: RunView): boolean;
  /** What needs large libraries is imported when it is opened. */
  load(): Promise<{ readonly default: Component }>;
}

/** In the order of their tabs. */
export const PANELS: readonly PanelEntry[] = [
  { id: 'wall', title: 'Neuron wall', load: async () => ({ default: WallPanel }) },
  { id: 'embedding', title: 'Embedding', load: () => import('./embedding/EmbeddingPanel.svelte') },
  { id: 'analyses', title: 'Analyses', load: () => import('./analyses/AnalysesPanel.svelte') },
  { id: 'training', title: 'Training', load: () => import('./training/TrainingPanel.svelte') },
  { id: 'off', title: 'Switch neurons off', load: () => import('./off/OffPanel.svelte') },
  {
    id: 'time',
    title: 'Time',
    suits: ({ signal }) => signal.frames > 1,
    load: () => import('./time/TimePanel.svelte'),
  },
  { id: 'compare', title: 'Compare', load: () => import('./compare/ComparePanel.svelte') },
];
