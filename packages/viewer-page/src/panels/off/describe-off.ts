import type { LayerView } from '../../api.js';
import { countNeurons, neuronNumber } from '../../state/neuron-name.js';
import type { SwitchedOff } from '../../state/switched-off.js';

/** Neurons of a layer in a few words: `3, 7, 12`, or how many there are. */
export function neuronsInWords(layer: LayerView | undefined, neurons: readonly number[], most = 6): string {
  if (layer && neurons.length === layer.neurons) return `all ${countNeurons(layer, neurons.length)}`;
  if (neurons.length <= most) return neurons.map((neuron) => neuronNumber(layer ?? null, neuron)).join(', ');
  return countNeurons(layer ?? null, neurons.length);
}

/** What is off, as a name for it: `layer2: 3, 7; layer3: 40 neurons`. */
export function nameOfOff(off: SwitchedOff, layers: readonly LayerView[]): string {
  return Object.entries(off)
    .map(
      ([id, neurons]) =>
        `${id}: ${neuronsInWords(
          layers.find((layer) => layer.id === id),
          neurons,
          3,
        )}`,
    )
    .join('; ');
}
