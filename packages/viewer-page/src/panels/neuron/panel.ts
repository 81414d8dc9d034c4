import type { PanelEntry } from '../panel-entry.js';

export const neuron: PanelEntry = {
  id: 'neuron',
  title: 'One neuron',
  load: () => import('./NeuronPanel.svelte'),
};
