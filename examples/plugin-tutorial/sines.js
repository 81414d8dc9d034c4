import { defineInr, deriveHooks, ndarray, pixelCoordinates } from '@xinc/core';
import { z } from 'zod';

/** Sine layers on coordinates (Sitzmann et al. 2020): x → sin(ω(W₁x + b₁)) → W₂ · + b₂. */
export const sines = defineInr({
  kind: 'inr',
  name: 'sines',
  title: 'SIREN',
  description: 'A network with sine activations on pixel coordinates (Sitzmann et al. 2020).',
  signals: ['image'],
  config: z.object({
    width: z.coerce.number().int().min(1).default(64).describe('Sine neurons'),
    omega: z.coerce.number().positive().default(30).describe('Frequency ω of the first layer'),
  }),
  build({ width, omega }, signal) {
    const uniform = (bound) => ({ kind: 'uniform', bound });
    const parameter = (name, shape, bound) => ({ name, shape, init: uniform(bound), trainable: true });
    const program = {
      signal,
      sampling: 'pixels',
      parameters: [
        parameter('layer1.weight', [width, 2], 1 / 2),
        parameter('layer1.bias', [width], 1 / 2),
        parameter('layer2.weight', [3, width], Math.sqrt(6 / width) / omega),
        parameter('layer2.bias', [3], 1 / width),
      ],
      inputs: (_frames, pixels = new Uint32Array()) => {
        const places = pixelCoordinates(signal, pixels, { coordinates: 'linspace', axes: 'yx' });
        return { coordinates: ndarray([pixels.length, 2], places) };
      },
      forward(ops, parameters, { coordinates }) {
        const dense = (x, layer) =>
          ops.add(ops.matMul(x, parameters[`${layer}.weight`], { transposeB: true }), parameters[`${layer}.bias`]);
        const sines = ops.sin(ops.mul(dense(coordinates, 'layer1'), omega));
        return { output: dense(sines, 'layer2') };
      },
    };
    const hooks = deriveHooks(program, {
      // Two coordinates are no neurons worth tracing.
      name: (weight) =>
        weight === 'layer1.weight'
          ? null
          : { id: 'layer2', label: `Layer 2 · ${width} sine neurons`, channels: ['red', 'green', 'blue'] },
    });
    return {
      ...program,
      ...hooks,
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
