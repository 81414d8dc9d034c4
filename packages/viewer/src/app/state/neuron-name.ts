import type { LayerView } from '../../api.js';

/** What people call a neuron: `Neuron 17`; a kernel by its input and output, `Kernel 4→27`. */
export function neuronName(layer: Pick<LayerView, 'kind' | 'outputs'> | null, neuron: number): string {
  if (layer?.kind !== 'conv' || !layer.outputs) return `Neuron ${neuron}`;
  return `Kernel ${Math.floor(neuron / layer.outputs)}→${neuron % layer.outputs}`;
}
