import type { PanelEntry } from '../panel-entry.js';

export const off: PanelEntry = {
  id: 'off',
  title: 'Switch neurons off',
  load: () => import('./OffPanel.svelte'),
};
