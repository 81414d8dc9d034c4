import { neuronName as nameOf, neuronNoun as nounOf, neuronNumber as numberOf } from '@xinc/core';
import type { LayerView } from '../api.js';
import { formatCount } from '../color/number-format.js';

type Naming = Pick<LayerView, 'outputs'> | null;

/** What people call a neuron: `Neuron 17`; a kernel by its input and output, and by its index, `Kernel 4→27 (2011)`. */
export function neuronName(layer: Naming, neuron: number): string {
  return capitalised(nameOf(neuron, layer ?? {}));
}

/** A neuron where it is plain what is numbered: `17`, `4→27`. */
export function neuronNumber(layer: Naming, neuron: number): string {
  return numberOf(neuron, layer ?? {});
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
  return `${nounOf(layer ?? {})}s`;
}

export function neuronNoun(layer: Naming): string {
  return capitalised(nounOf(layer ?? {}));
}

const capitalised = (text: string) => text[0].toUpperCase() + text.slice(1);
