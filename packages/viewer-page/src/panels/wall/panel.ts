import type { PanelEntry } from '../panel-entry.js';
import { SETTINGS } from './settings.js';
import WallPanel from './WallPanel.svelte';

export const wall: PanelEntry = {
  id: 'wall',
  title: 'Neuron wall',
  settings: SETTINGS,
  // It is what the page begins with, so it comes with the page.
  load: async () => ({ default: WallPanel }),
};
