import { defineInr, deriveHooks, ndarray } from '@xinc/core';
import { z } from 'zod';

/** Functions of a layer of pixels; `gate` multiplies by a sine filter of the coordinates (Fathony et al. 2021) instead. */
const FUNCTIONS = {
  sine: (ops, z) => ops.sin(ops.mul(z, 5)),
  gauss: (ops, z) => ops.exp(ops.neg(ops.square(ops.mul(z, 2)))),
  tanh: (ops, z) => ops.tanh(z),
  softplus: (ops, z) => ops.softplus(z),
};

/** Sine features of coordinates, two layers with a function that is chosen, and a layer to colours. */
export const pixels = defineInr({
  kind: 'inr',
  name: 'rules-pixels',
  title: 'Network of pixels with one rule',
  description: 'A small network of pixels with one function or gate that the paper does not have.',
  signals: ['image'],
  config: z.object({
    f: z
      .enum([...Object.keys(FUNCTIONS), 'gate'])
      .default('sine')
      .describe('What follows its layers'),
    width: z.coerce.number().int().min(1).default(64).describe('Neurons of each layer'),
  }),
  build({ f, width }, signal) {
    const layer = (name, outputs, inputs, bound) => [
      { name: `${name}.weight`, shape: [outputs, inputs], init: { kind: 'uniform', bound }, trainable: true },
      {
        name: `${name}.bias`,
        shape: [outputs],
        init: { kind: 'uniform', bound: Math.sqrt(1 / inputs) },
        trainable: true,
      },
    ];
    const bound = Math.sqrt((f === 'sine' ? 6 / 25 : 3) / width);
    const program = {
      signal,
      sampling: 'pixels',
      parameters: [
        ...layer('features', width, 2, 12),
        ...layer('layer1', width, width, bound),
        ...layer('layer2', width, width, bound),
        ...layer('output', 3, width, Math.sqrt(3 / width)),
        ...(f === 'gate' ? [...layer('filter1', width, 2, 12), ...layer('filter2', width, 2, 12)] : []),
      ],
      inputs: (_frames, places) => {
        const coordinates = Float32Array.from({ length: 2 * places.length }, (_, i) => {
          const p = places[i >> 1];
          return i % 2 === 0
            ? (2 * Math.floor(p / signal.width)) / signal.height - 1
            : (2 * (p % signal.width)) / signal.width - 1;
        });
        return { coordinates: ndarray([places.length, 2], coordinates) };
      },
      forward(ops, parameters, { coordinates }) {
        const dense = (x, name) =>
          ops.add(ops.matMul(x, parameters[`${name}.weight`], { transposeB: true }), parameters[`${name}.bias`]);
        const after = (z, i) =>
          f === 'gate' ? ops.mul(z, ops.sin(dense(coordinates, `filter${i}`))) : FUNCTIONS[f](ops, z);
        const first = after(dense(ops.sin(dense(coordinates, 'features')), 'layer1'), 1);
        return { output: dense(after(dense(first, 'layer2'), 2), 'output') };
      },
    };
    // What reads the two coordinates has no neurons worth tracing.
    const name = (weight) => (/^(features|filter)/.test(weight ?? '') ? null : undefined);
    return { ...program, ...deriveHooks(program, { name }), training: training(signal) };
  },
});

function training({ height, width }) {
  return {
    optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    learningRate: 2e-3,
    schedule: (progress) => 0.5 * (1 + Math.cos(Math.PI * progress)),
    steps: 600,
    batch: Math.min(height * width, 16_384),
  };
}
