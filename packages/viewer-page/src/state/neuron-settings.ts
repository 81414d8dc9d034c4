import { decodePart } from './address.js';
import { formatNeurons, parseNeurons } from './neuron-list.js';
import type { Setting } from './setting.js';
import type { SwitchedOff } from './switched-off.js';

/** Selected neurons, ascending: `3,17-20`. */
export const neuronsSetting: Setting<readonly number[]> = {
  key: 'neurons',
  initial: [],
  format: formatNeurons,
  parse: (text) => parseNeurons(text) ?? undefined,
};

/** Neurons that are switched off, per layer: `layer1:3,4;layer2:0-7`. */
export const offSetting: Setting<SwitchedOff> = {
  key: 'off',
  initial: {},
  format: (value) =>
    Object.entries(value)
      .filter(([, neurons]) => neurons.length > 0)
      .map(([layer, neurons]) => `${encodeURIComponent(layer)}:${formatNeurons(neurons)}`)
      .join(';'),
  parse(text) {
    const layers = text === '' ? [] : text.split(';').map((part) => /^([^:]{1,200}):(.+)$/.exec(part));
    const entries = layers.map((match) => {
      const neurons = match && parseNeurons(match[2]);
      const layer = match && decodePart(match[1]);
      return neurons && layer ? ([layer, neurons] as const) : undefined;
    });
    return entries.every((entry) => entry !== undefined) ? Object.fromEntries(entries) : undefined;
  },
};
