import type { Arrays } from './engine.js';
import { XincError } from './errors.js';
import type { NdArray } from './ndarray.js';
import type { Network } from './network.js';

/**
 * Weights with some neurons of a layer switched off (method §6).
 * @throws XincError `unsupported` for a layer that its plugin traces itself and does not switch off
 */
export function switchOff({ inr, parameters }: Network, layer: string, neurons: readonly number[]): Arrays {
  const hook = inr.layers.find(({ id }) => id === layer);
  if ((hook?.kind === 'custom' || hook?.kind === 'derived') && hook.switchOff) {
    return neurons.length === 0 ? parameters : { ...parameters, ...hook.switchOff(parameters, neurons) };
  }
  if (!hook || hook.kind === 'custom' || hook.kind === 'derived') {
    throw new XincError('unsupported', `The neurons of layer '${layer}' cannot be switched off`, {
      subject: layer,
      hint: 'Its plugin traces it, and does not tell how.',
    });
  }
  const name = hook.kind === 'dense' ? hook.weight : hook.kernel;
  return { ...parameters, [name]: weightWithout(hook.kind, parameters[name], neurons) };
}

/**
 * A layer's weight [O, N] or kernel [O, C, k, k] with some neurons switched off: an input unit of a dense layer at zero is its
 * column of the matrix at zero, a kernel of a convolution is its own slice. Biases stay.
 */
export function weightWithout(kind: 'dense' | 'conv', { shape, data }: NdArray, neurons: readonly number[]): NdArray {
  const [outputs, inputs] = shape;
  const area = shape.slice(2).reduce((product, extent) => product * extent, 1);
  const changed = data.slice();
  for (const neuron of neurons) {
    // A kernel's neuron is in · C_out + out; a dense layer's neuron is its input, for every output.
    const [input, targets] =
      kind === 'dense'
        ? [neuron, Array.from({ length: outputs }, (_, o) => o)]
        : [Math.floor(neuron / outputs), [neuron % outputs]];
    for (const o of targets) changed.fill(0, (o * inputs + input) * area, (o * inputs + input + 1) * area);
  }
  return { shape, data: changed };
}
