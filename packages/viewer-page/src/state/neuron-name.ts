import type { LayerView } from '../api.js';
import { formatCount } from '../color/number-format.js';

type Naming = Pick<LayerView, 'kind' | 'outputs'> | null;

/** What people call a neuron: `Neuron 17`; a kernel by its input and output, and by its index, `Kernel 4→27 (2011)`. */
export function neuronName(layer: Naming, neuron: number): string {
  const number = neuronNumber(layer, neuron);
  const index = String(neuron);
  return `${neuronNoun(layer)} ${number === index ? index : `${number} (${index})`}`;
}

/** A neuron where it is plain what is numbered: `17`, `4→27`. */
export function neuronNumber(layer: Naming, neuron: number): string {
  if (layer?.kind !== 'conv' || !layer.outputs) return String(neuron);
  return `${Math.floor(neuron / layer.outputs)}→${neuron % layer.outputs}`;
}

/** The longest number of a layer's neurons: `36→495`. */
export function longestNumber(layer: (Naming & Pick<LayerView, 'neurons'>) | null): string {
  return layer ? neuronNumber(layer, layer.neurons - 1) : '';
}

/** Neurons that are counted: `1 neuron`, `18,352 kernels`; `1 selected kernel`. */
export function countNeurons(layer: Naming, count: number, adjective = ''): string {
  const noun = count === 1 ? neuronNoun(layer).toLowerCase() : neuronNouns(layer);
  return `${formatCount(count)} ${adjective && `${adjective} `}${noun}`;
}

export function neuronNouns(layer: Naming): string {
  return `${neuronNoun(layer).toLowerCase()}s`;
}

export function neuronNoun(layer: Naming): 'Neuron' | 'Kernel' {
  return layer?.kind === 'conv' ? 'Kernel' : 'Neuron';
}
