import type { PanelEntry } from '../panel-entry.js';

export const pixel: PanelEntry = {
  id: 'pixel',
  title: 'One pixel',
  load: () => import('./PixelPanel.svelte'),
};
