import type { LayerView } from '../../api.js';

type Naming = Pick<LayerView, 'kind' | 'outputs'> | null;

/** What people call a neuron: `Neuron 17`; a kernel by its input and output, `Kernel 4→27`. */
export function neuronName(layer: Naming, neuron: number): string {
  return `${neuronNoun(layer)} ${neuronNumber(layer, neuron)}`;
}

/** A neuron where it is plain what is numbered: `17`, `4→27`. */
export function neuronNumber(layer: Naming, neuron: number): string {
  if (layer?.kind !== 'conv' || !layer.outputs) return String(neuron);
  return `${Math.floor(neuron / layer.outputs)}→${neuron % layer.outputs}`;
}

export function neuronNoun(layer: Naming): 'Neuron' | 'Kernel' {
  return layer?.kind === 'conv' ? 'Kernel' : 'Neuron';
}
