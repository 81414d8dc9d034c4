import type { PanelEntry } from '../panel-entry.js';
import { SETTINGS } from './settings.js';

export const training: PanelEntry = {
  id: 'training',
  title: 'Training',
  settings: SETTINGS,
  load: () => import('./TrainingPanel.svelte'),
};
