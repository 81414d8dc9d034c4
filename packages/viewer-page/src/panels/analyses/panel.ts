import type { PanelEntry } from '../panel-entry.js';
import { SETTINGS } from './settings.js';

export const analyses: PanelEntry = {
  id: 'analyses',
  title: 'Analyses',
  settings: SETTINGS,
  load: () => import('./AnalysesPanel.svelte'),
};
