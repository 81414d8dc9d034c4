import type { PanelEntry } from '../panel-entry.js';

export const time: PanelEntry = {
  id: 'time',
  title: 'Time',
  suits: ({ signal }) => signal.frames > 1,
  load: () => import('./TimePanel.svelte'),
};
