import { defineInr, ndarray } from '@xinc/core';
import { z } from 'zod';

/** A multiplicative filter network (Fathony et al. 2021): h = g₁(x), then h ← (W h + b) ⊙ g₂(x), with sine filters gᵢ. */
export const mfn = defineInr({
  kind: 'inr',
  name: 'mfn',
  title: 'Multiplicative filter network',
  description: 'Products of sine filters of the coordinates (Fathony et al. 2021).',
  signals: ['image'],
  config: z.object({ width: z.coerce.number().int().min(1).default(64).describe('Filters of each layer') }),
  build({ width }, signal) {
    const parameter = (name, shape, bound) => ({ name, shape, init: { kind: 'uniform', bound }, trainable: true });
    return {
      signal,
      sampling: 'pixels',
      parameters: [
        ...['filter1', 'filter2'].flatMap((name) => [
          parameter(`${name}.weight`, [width, 2], 30),
          parameter(`${name}.bias`, [width], Math.PI),
        ]),
        parameter('linear.weight', [width, width], Math.sqrt(6 / width)),
        parameter('linear.bias', [width], 1 / Math.sqrt(width)),
        parameter('output.weight', [3, width], 1 / Math.sqrt(width)),
        parameter('output.bias', [3], 1 / Math.sqrt(width)),
      ],
      inputs: (_frames, pixels) => {
        const { height, width: columns } = signal;
        const places = Float32Array.from({ length: 2 * pixels.length }, (_, i) => {
          const p = pixels[i >> 1];
          return i % 2 === 0 ? Math.floor(p / columns) / height - 0.5 : (p % columns) / columns - 0.5;
        });
        return { coordinates: ndarray([pixels.length, 2], places) };
      },
      forward(ops, parameters, { coordinates }) {
        const dense = (x, layer) =>
          ops.add(ops.matMul(x, parameters[`${layer}.weight`], { transposeB: true }), parameters[`${layer}.bias`]);
        const [first, second] = ['filter1', 'filter2'].map((layer) => ops.sin(dense(coordinates, layer)));
        const product = ops.mul(dense(first, 'linear'), second);
        const output = dense(product, 'output');
        return { output, activations: { first, second, product, output2: output } };
      },
      layers: [products(width), outputLayer(width)],
      training: {
        optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
        learningRate: 1e-3,
        schedule: () => 1,
        steps: 500,
        batch: 65_536,
      },
    };
  },
});

/**
 * No kernel multiplies by a filter. Neuron n gives filter o of the product c_{n→o}(p) = (W[o,n] h_n(p) + b[o] / N) · g_o(p), and
 * in all c_n(p) = Σ_o c_{n→o}(p) = h_n(p) · (W[:,n] · g(p)) + (b · g(p)) / N.
 */
function products(neurons) {
  return {
    kind: 'custom',
    id: 'products',
    label: `Products · ${neurons} sine filters`,
    input: 'first',
    inputs: ['second', 'product'],
    neurons,
    trace({ parameters, activations }, wanted, region, out) {
      const { data: weight } = parameters['linear.weight'];
      const { data: bias } = parameters['linear.bias'];
      const [h, g] = [activations.first.data, activations.second.data];
      const area = region.height * region.width;
      for (const [i, n] of wanted.entries()) {
        for (let p = 0; p < area; p++) {
          let [slope, offset] = [0, 0];
          for (let o = 0; o < neurons; o++) {
            slope += weight[o * neurons + n] * g[p * neurons + o];
            offset += bias[o] * g[p * neurons + o];
          }
          out[i * area + p] = h[p * neurons + n] * slope + offset / neurons;
        }
      }
    },
    /** max |Σ_n c_{n→o}(p) − z_o(p)|, z being what the engine computed. */
    completeness({ parameters, activations }) {
      const { data: weight } = parameters['linear.weight'];
      const { data: bias } = parameters['linear.bias'];
      const [h, g, z] = [activations.first.data, activations.second.data, activations.product.data];
      let [largestError, largestPreactivation] = [0, 0];
      for (let i = 0; i < z.length; i++) {
        const [p, o] = [Math.floor(i / neurons), i % neurons];
        let sum = 0;
        for (let n = 0; n < neurons; n++) {
          sum += (weight[o * neurons + n] * h[p * neurons + n] + bias[o] / neurons) * g[i];
        }
        largestError = Math.max(largestError, Math.abs(sum - z[i]));
        largestPreactivation = Math.max(largestPreactivation, Math.abs(z[i]));
      }
      return { largestError, largestPreactivation };
    },
    /** A neuron that is off has a column of zeros. */
    switchOff(parameters, off) {
      const { shape, data } = parameters['linear.weight'];
      const changed = data.slice();
      for (const n of off) for (let o = 0; o < neurons; o++) changed[o * neurons + n] = 0;
      return { 'linear.weight': ndarray(shape, changed) };
    },
  };
}

const outputLayer = (neurons) => ({
  kind: 'dense',
  id: 'output',
  label: `Output · ${neurons} products`,
  input: 'product',
  weight: 'output.weight',
  bias: 'output.bias',
  preactivation: 'output2',
  activation: null,
  channels: ['red', 'green', 'blue'],
});
