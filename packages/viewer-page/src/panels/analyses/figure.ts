import type { PanelEntry } from '../panel-entry.js';

/** One figure of the analysis on screen, for another page; the dock does not list it. */
export const figure: PanelEntry = {
  id: 'figure',
  title: 'Figure',
  load: () => import('./FigurePanel.svelte'),
};
