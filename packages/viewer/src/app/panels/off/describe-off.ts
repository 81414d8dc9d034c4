import type { LayerView } from '../../../api.js';
import { formatCount } from '../../color/number-format.js';
import { neuronNoun, neuronNumber } from '../../state/neuron-name.js';
import type { SwitchedOff } from '../../state/switched-off.js';

/** Neurons of a layer in a few words: `3, 7, 12`, or how many there are. */
export function neuronsInWords(layer: LayerView | undefined, neurons: readonly number[], most = 6): string {
  const noun = neuronNoun(layer ?? null).toLowerCase();
  if (layer && neurons.length === layer.neurons) return `all ${formatCount(neurons.length)} ${noun}s`;
  if (neurons.length <= most) return neurons.map((neuron) => neuronNumber(layer ?? null, neuron)).join(', ');
  return `${formatCount(neurons.length)} ${noun}s`;
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

/** A change of PSNR: `−1.25 dB`; from or to a perfect picture it has no size. */
export function formatPsnrChange(before: number | null, after: number | null): string {
  if (before === null || after === null) return before === after ? '±0 dB' : '–';
  const change = after - before;
  const size = Math.abs(change);
  if (size < 0.005) return size === 0 ? '±0 dB' : '±0.00 dB';
  return `${change < 0 ? '−' : '+'}${size.toFixed(2)} dB`;
}
