import type { PanelEntry } from '../panel-entry.js';

export const stars: PanelEntry = {
  id: 'stars',
  title: 'Stars',
  load: () => import('./StarsPanel.svelte'),
};
