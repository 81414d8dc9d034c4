import type { Viewer } from '../../state/viewer.svelte.js';

/** Goes to a layer, paints one of its neurons, and selects it. @param add to what is selected of that layer */
export function chooseNeuron(viewer: Viewer, layer: string, neuron: number, add: boolean): void {
  viewer.chooseLayer(layer);
  viewer.view.neuron = neuron;
  if (add) viewer.toggleNeuron(neuron);
  else viewer.selectNeurons([neuron]);
}
