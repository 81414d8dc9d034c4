import type { LayerView } from '../../api.js';
import { formatCount } from '../color/number-format.js';

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

/** Neurons that are counted: `1 neuron`, `18,352 kernels`. */
export function countNeurons(layer: Naming, count: number): string {
  return `${formatCount(count)} ${count === 1 ? neuronNoun(layer).toLowerCase() : neuronNouns(layer)}`;
}

export function neuronNouns(layer: Naming): string {
  return `${neuronNoun(layer).toLowerCase()}s`;
}

export function neuronNoun(layer: Naming): 'Neuron' | 'Kernel' {
  return layer?.kind === 'conv' ? 'Kernel' : 'Neuron';
}
