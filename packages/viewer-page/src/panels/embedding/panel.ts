import type { PanelEntry } from '../panel-entry.js';
import { SETTINGS } from './settings.js';

export const embedding: PanelEntry = {
  id: 'embedding',
  title: 'Embedding',
  settings: SETTINGS,
  load: () => import('./EmbeddingPanel.svelte'),
};
