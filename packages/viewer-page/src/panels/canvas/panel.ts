import type { PanelEntry } from '../panel-entry.js';
import CanvasPanel from './CanvasPanel.svelte';
import { SETTINGS } from './settings.js';

/** Always on screen; the dock does not list it. */
export const canvas: PanelEntry = {
  id: 'canvas',
  title: 'Canvas',
  settings: SETTINGS,
  // It is what the page begins with, so it comes with the page.
  load: async () => ({ default: CanvasPanel }),
};
