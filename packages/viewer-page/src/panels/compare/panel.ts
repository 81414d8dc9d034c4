import type { PanelEntry } from '../panel-entry.js';
import { SETTINGS } from './settings.js';

export const compare: PanelEntry = {
  id: 'compare',
  title: 'Compare',
  settings: SETTINGS,
  load: () => import('./ComparePanel.svelte'),
};
